// `tools/stack status`: what runs where, for people or as JSON.

import fs from 'node:fs';
import path from 'node:path';
import { answers } from './database.mjs';
import { green, red } from './problem.mjs';
import { isAlive } from './process.mjs';
import { prometheusOf } from './prometheus.mjs';
import { readRecord } from './record.mjs';
import { SERVICES, isReady, paths } from './services.mjs';
import { runDirOf } from './settings.mjs';

// 'ready', 'not ready' (alive, but says no) or 'dead'.
async function stateOf(name, entry) {
  if (!isAlive(entry)) return 'dead';
  return (await isReady(name, entry.metrics)) ? 'ready' : 'not ready';
}

// { state: 'ready' or 'dead', url } of the Prometheus that ./wenming monitor started; null where none is wanted.
function watcherOf(runDir) {
  const wanted = prometheusOf(runDir);
  return wanted && { state: isAlive(wanted) ? 'ready' : 'dead', url: wanted.url };
}

// The record with a state beside every service and the database, and what watches them; null when nothing was started.
export async function liveRecord(runDir) {
  const record = readRecord(runDir);
  if (record === null) return null;
  const states = await Promise.all(SERVICES.map((name) => stateOf(name, record.services[name])));
  const services = Object.fromEntries(SERVICES.map((name, i) => [name, { state: states[i], ...record.services[name] }]));
  const prometheus = watcherOf(runDir);
  const database = { state: answers(record.database.socket) ? 'ready' : 'dead', ...record.database };
  return { ready: [...states, database.state].every((state) => state === 'ready'), ...record, database, services, prometheus };
}

function demoAccounts(runDir) {
  try {
    return JSON.parse(fs.readFileSync(paths(runDir).demo, 'utf8')).accounts;
  } catch {
    return [];
  }
}

function describe(live, runDir) {
  const near = (file) => path.relative(process.cwd(), file);
  const state = (text) => (text === 'ready' ? green : red)(text.padEnd(9));
  const lines = SERVICES.map((name) => {
    const { state: is, pid, grpc, metrics } = live.services[name];
    return `  ${name.padEnd(14)} ${state(is)} pid ${String(pid ?? '-').padEnd(8)} grpc ${grpc ?? '-'}  ${metrics ?? '-'}/metrics`;
  });
  lines.push(`  ${'database'.padEnd(14)} ${state(live.database.state)} mariadb -uroot -S ${near(live.database.socket)}`);
  if (live.prometheus) lines.push(`  ${'prometheus'.padEnd(14)} ${state(live.prometheus.state)} ${live.prometheus.url}/alerts`);
  lines.push('');
  lines.push(`  HTTP           ${live.http}`);
  lines.push(`  gRPC           ${live.grpc}`);
  lines.push(`  operations     ${live.http}/ops`);
  lines.push(`  logs           ${near(paths(runDir).log)}`);
  lines.push(`  administrator  ${live.admin.login}, password in ${near(live.admin.password_file)}`);
  const accounts = demoAccounts(runDir);
  if (accounts.length > 0) lines.push('', 'Demo accounts:');
  for (const { login, password, role, unit } of accounts) {
    lines.push(`  ${String(login).padEnd(14)} ${String(password).padEnd(18)} ${[role, unit].filter(Boolean).join(', ')}`);
  }
  return lines.join('\n');
}

export async function status(flags) {
  const runDir = runDirOf(flags);
  const live = await liveRecord(runDir);
  if (flags.json) console.log(JSON.stringify(live ?? { ready: false, run_dir: runDir, services: {} }, null, 2));
  else console.log(live === null ? 'wenming is not running; ./wenming up starts it' : describe(live, runDir));
  return live?.ready ? 0 : 3;
}
