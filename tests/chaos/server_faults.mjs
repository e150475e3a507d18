// What operators meet: a database or a service that stands still, is slow, refuses or has run out of something, and is well
// again a moment later. Each resolves when that is over, with { died } where a process may not survive it. The second replicas reach
// the database through the proxy; only they meet a slow one.

import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { STORES } from '../../tools/local/services.mjs';
import { query } from './database.mjs';
import { pick } from './random.mjs';

const execute = promisify(execFile);
const SLOW_MS = 200;  // a statement
const FEWEST = 10;  // connections, the least that MariaDB can be told
const DESCRIPTORS = 3;  // all below this are open, whatever the process closes
const LIMITS = { nofile: 'Max open files', as: 'Max address space' };  // in /proc/PID/limits

// Runs `meanwhile` while a process stands still.
async function frozen(pid, meanwhile) {
  process.kill(pid, 'SIGSTOP');
  try {
    await meanwhile();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}

export async function restartDatabase({ stack }) {
  await stack.endDatabase();
  await stack.revive();
}

export const freezeDatabase = (seconds) => ({ stack }) => frozen(stack.databasePid, () => pause(1000 * seconds));

export const freezeOne = (service, seconds) => ({ sides, random }) =>
  frozen(pick(random, sides).pidOf(service), () => pause(1000 * seconds));

export const slowDatabase = (seconds) => async ({ proxy }) => {
  proxy.delayStatements(SLOW_MS);
  await pause(1000 * seconds);
  proxy.delayStatements(0);
};

// Sets a global variable for some seconds, does `first` then, and sets it back: all on one connection, for there may be none for a
// second.
async function withSetting(socket, name, value, seconds, first = []) {
  const [[usual]] = await query(socket, `SELECT @@GLOBAL.${name}`);
  await query(socket, [`SET GLOBAL ${name} = ${value}`, ...first, `DO SLEEP(${seconds})`, `SET GLOBAL ${name} = ${usual}`].join(';\n'));
}

const DROP_CONNECTIONS = Object.values(STORES).map(({ schema }) => `KILL USER '${schema}'@'localhost'`);

// Whoever has a connection keeps it, so all of them lose theirs first, and others hold all that there are.
export const exhaustConnections = (seconds) => ({ socket }) => Promise.all([
  withSetting(socket, 'max_connections', FEWEST, seconds, DROP_CONNECTIONS),
  ...Array.from({ length: FEWEST }, () => query(socket, `DO SLEEP(${seconds})`).catch(() => {}))]);

export const readOnlyDatabase = (seconds) => ({ socket }) => withSetting(socket, 'read_only', 1, seconds);

// Whether a process runs; one that only waits to be mourned has no files.
const isRunning = (pid) => fs.existsSync(`/proc/${pid}/fd/0`);

// Runs `meanwhile` while a process has so little of a resource; it may not survive that.
async function limited(pid, resource, soft, meanwhile) {
  const usual = new RegExp(`^${LIMITS[resource]} +(\\S+)`, 'm').exec(fs.readFileSync(`/proc/${pid}/limits`, 'utf8'))[1];
  const limitTo = (most) => execute('prlimit', [`--pid=${pid}`, `--${resource}=${most}:`]);
  await limitTo(soft);
  try {
    await meanwhile();
  } finally {
    if (isRunning(pid)) await limitTo(usual);
  }
}

// One activity_svc can open nothing more, neither to the database, whose connections it has just lost, nor to its callers.
export const exhaustDescriptors = (seconds) => ({ sides, random, socket }) =>
  limited(pick(random, sides).pidOf('activity_svc'), 'nofile', DESCRIPTORS, async () => {
    await query(socket, DROP_CONNECTIONS.join(';\n'));
    await pause(1000 * seconds);
  });

// One activity_svc gets no more memory than it has. It may end by that, as it would by the kernel's hand in a container that is too
// small, and is started again: { died } tells.
export const exhaustMemory = (seconds) => async ({ sides, random }) => {
  const side = pick(random, sides);
  const pid = side.pidOf('activity_svc');
  const kilobytes = Number(/^VmSize:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
  await limited(pid, 'as', 1024 * kilobytes, () => pause(1000 * seconds));
  const died = !isRunning(pid);
  await side.revive();
  return { died };
};
