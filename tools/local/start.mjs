// `tools/stack start`: starts what does not run yet, restarts what was rebuilt or is wanted otherwise, leaves the rest alone.

import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { answers, ensureSchemas, secretFile, socketOf, startDatabase } from './database.mjs';
import { Problem, good, step, tail } from './problem.mjs';
import { end, isAlive, launch, until } from './process.mjs';
import { readRecord, withLock, writeRecord } from './record.mjs';
import { SERVICES, STORES, isReady, paths, wanted } from './services.mjs';
import { HOST, PORTS, ROOT, isFree, runDirOf, settings } from './settings.mjs';

const READY_MS = 60000;

function checkBuilt(binaries) {
  const missing = binaries.filter((file) => !fs.existsSync(file));
  if (missing.length > 0) {
    throw new Problem(`Not built yet: ${missing.join(', ')}`, './wenming up builds it, or name another --build-dir.');
  }
}

async function checkPortsFree(names, ports) {
  for (const name of names) {
    if (await isFree(ports[name])) continue;
    const { what, flag, env } = PORTS[name];
    throw new Problem(`Port ${ports[name]} (${what}) is taken by another program.`,
      `Stop that program, or choose another port: --${flag} PORT, or ${env}=PORT.`);
  }
}

// The record of a running service stands only while its process lives with today's binary and flags.
const isCurrent = (entry, want) =>
  isAlive(entry) && entry.built === want.built && entry.binary === want.binary && isDeepStrictEqual(entry.args, want.args);

function newRecord({ runDir, buildDir, ports, dev, fastDb }, socket) {
  return {
    run_dir: runDir,
    build_dir: buildDir,
    dev,
    http: `http://${HOST}:${ports.http}`,
    grpc: `${HOST}:${ports.grpc}`,
    ports,
    keys: paths(runDir).keys,
    admin: { login: 'admin', password_file: paths(runDir).adminPassword },
    database: { socket, fast: fastDb },
    services: {},
  };
}

function migrate(name, { binary, args, log }) {
  const run = spawnSync(binary, [...args, '--migrate'], { encoding: 'utf8' });
  if (run.status === 0) return;
  fs.writeFileSync(log, `${run.stdout}${run.stderr}${run.error?.message ?? ''}`, { mode: 0o600 });
  throw new Problem(`${name} could not migrate its schema:\n${tail(log)}`, `The whole log is ${log}.`);
}

async function waitReady(name, entry, want) {
  const began = Date.now();
  let died = false;
  const ready = await until(async () => (died = !isAlive(entry)) || isReady(name, want.metrics), READY_MS);
  if (ready && !died) return good(`${name} is ready (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  const what = died ? `${name} ended while starting` : `${name} was not ready after ${READY_MS / 1000} s`;
  throw new Problem(`${what}:\n${tail(want.log)}`, `The whole log is ${want.log}.`);
}

async function startIn(runDir, flags) {
  const recorded = readRecord(runDir);
  const chosen = await settings(flags, recorded);
  const socket = socketOf(runDir);
  const wants = wanted(chosen, socket);
  checkBuilt([...Object.values(wants).map(({ binary }) => binary), path.join(chosen.buildDir, 'wenming.binpb')]);
  for (const want of Object.values(wants)) want.built = fs.statSync(want.binary).mtimeMs;

  const kept = SERVICES.filter((name) => isCurrent(recorded?.services?.[name], wants[name]));
  const due = SERVICES.filter((name) => !kept.includes(name));
  if (due.length === 0 && answers(socket)) {
    await Promise.all(kept.map((name) => until(() => isReady(name, wants[name].metrics), READY_MS)));
    good('everything runs already; nothing changed');
    return;
  }

  for (const name of due) await end(recorded?.services?.[name]);
  await checkPortsFree(due.flatMap((name) => wants[name].ports), chosen.ports);

  step(`Starting wenming in ${path.relative(process.cwd(), runDir) || '.'}`);
  for (const directory of [paths(runDir).log, paths(runDir).passwords]) fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
  execFileSync(path.join(ROOT, 'tools/make_keys.sh'), [paths(runDir).keys], { stdio: ['ignore', 'ignore', 'inherit'] });
  secretFile(paths(runDir).adminPassword);
  startDatabase(runDir, chosen.fastDb);
  const record = newRecord(chosen, socket);
  for (const name of kept) record.services[name] = recorded.services[name];
  writeRecord(runDir, record);
  ensureSchemas(runDir, socket);
  good('the database is ready');

  for (const name of due) if (name in STORES) migrate(name, wants[name]);
  for (const name of due) {
    const { binary, args, metrics, log, built } = wants[name];
    record.services[name] = {
      ...launch(binary, args, log),
      grpc: `${HOST}:${chosen.ports[name === 'gateway' ? 'grpc' : name]}`,
      metrics, log, binary, args, built,
    };
    writeRecord(runDir, record);
  }
  await Promise.all(SERVICES.map((name) => waitReady(name, record.services[name], wants[name])));
}

// `tools/stack check`: what start would refuse before it does anything, so that nobody builds for minutes to learn it.
export async function check(flags) {
  const recorded = readRecord(runDirOf(flags));
  const chosen = await settings(flags, recorded);
  const wants = wanted(chosen, '');
  const idle = SERVICES.filter((name) => !isAlive(recorded?.services?.[name]));
  await checkPortsFree(idle.flatMap((name) => wants[name].ports), chosen.ports);
}

export async function start(flags) {
  const runDir = runDirOf(flags);
  await withLock(runDir, () => startIn(runDir, flags));
}
