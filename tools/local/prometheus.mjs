// Debian's Prometheus on the running stack: a process of its own in RUN_DIR/prometheus, on loopback alone.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { Problem, tail } from './problem.mjs';
import { end, isAlive, launch, until } from './process.mjs';
import { SERVICES, builtAt, paths } from './services.mjs';
import { HOST, ROOT } from './settings.mjs';

const READY_MS = 30000;
const RULES = path.join(ROOT, 'k8s/monitoring/rules');
const ruleFiles = () => fs.readdirSync(RULES).map((file) => path.join(RULES, file));

const record = (runDir) => path.join(paths(runDir).prometheus, 'process.json');

// { pid, started, url, settings, rules (when the youngest was written), wish: { interval, port } }, or null when none is
// wanted. The record outlives the process, so that the next start of the stack finds the wish.
export function prometheusOf(runDir) {
  try {
    return JSON.parse(fs.readFileSync(record(runDir), 'utf8'));
  } catch {
    return null;
  }
}

// The settings, JSON being YAML: every process of the stack is a job of its own, as in Kubernetes.
function settingsFor(stack, interval) {
  return JSON.stringify({
    global: { scrape_interval: interval, evaluation_interval: interval },
    rule_files: ruleFiles(),
    scrape_configs: SERVICES.map((name) => ({
      job_name: name, static_configs: [{ targets: [new URL(stack.services[name].metrics).host] }],
    })),
  }, null, 2);
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, HOST, () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function isReady(url) {
  try {
    return (await fetch(`${url}/-/ready`, { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
}

// Starts Prometheus on the stack of runDir unless it runs with these settings already; `port` 0 takes a free one. Resolves
// with { url, started: whether it was started now }.
export async function startPrometheus(runDir, stack, { interval = '15s', port = 0 } = {}) {
  const folder = paths(runDir).prometheus;
  const settings = settingsFor(stack, interval);
  const rules = builtAt(ruleFiles());
  const running = prometheusOf(runDir);
  const current = isAlive(running) && running.settings === settings && running.rules === rules;
  if (current && (port === 0 || running.url.endsWith(`:${port}`))) {
    return { url: running.url, started: false };
  }
  await end(running);
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, 'prometheus.yml');
  fs.writeFileSync(file, settings);
  const checked = spawnSync('promtool', ['check', 'config', file], { encoding: 'utf8' });
  if (checked.error) throw new Problem('promtool does not run: Prometheus is not installed.', 'tools/install.sh monitor installs it.');
  if (checked.status !== 0) throw new Problem(`Prometheus would refuse its settings:\n${checked.stdout}${checked.stderr}`);

  const address = `${HOST}:${port || await freePort()}`;
  const url = `http://${address}`;
  const log = path.join(folder, 'prometheus.log');
  const entry = launch('prometheus', [
    `--config.file=${file}`, `--storage.tsdb.path=${path.join(folder, 'data')}`, '--storage.tsdb.retention.time=15d',
    `--web.listen-address=${address}`,
  ], log);
  fs.writeFileSync(record(runDir), JSON.stringify({ ...entry, url, settings, rules, wish: { interval, port } }, null, 2));
  const ready = await until(async () => !isAlive(entry) || isReady(url), READY_MS);
  if (!ready || !isAlive(entry)) throw new Problem(`Prometheus did not start:\n${tail(log)}`, `The whole log is ${log}.`);
  return { url, started: true };
}

// As startPrometheus, with what was asked for last; null where none is wanted.
export async function resumePrometheus(runDir, stack) {
  const wish = prometheusOf(runDir)?.wish;
  return wish ? startPrometheus(runDir, stack, wish) : null;
}

// Until the stack is started again. Resolves with whether one ran.
export const pausePrometheus = async (runDir) => (await end(prometheusOf(runDir))) !== 'gone';

// For good. Resolves with whether one was wanted.
export async function stopPrometheus(runDir) {
  const wanted = prometheusOf(runDir) !== null;
  await pausePrometheus(runDir);
  fs.rmSync(record(runDir), { force: true });
  return wanted;
}
