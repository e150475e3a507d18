// `tools/stack start`: starts what does not run yet, restarts what was rebuilt or is wanted otherwise, leaves the rest alone.

import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { answers, ensureSchemas, secretFile, socketOf, startDatabase } from './database.mjs';
import { Problem, good, step, tail } from './problem.mjs';
import { end, isAlive, launch, until } from './process.mjs';
import { resumePrometheus } from './prometheus.mjs';
import { readRecord, readRecordOrStopped, withLock, writeRecord } from './record.mjs';
import { SERVICES, STORES, builtAt, isReady, paths, wanted } from './services.mjs';
import { HOST, PORTS, ROOT, isFree, runDirOf, settings } from './settings.mjs';

const READY_MS = 60000;
const PORT_MS = 1000;

function checkBuilt(binaries) {
  const missing = binaries.filter((file) => !fs.existsSync(file));
  if (missing.length > 0) {
    throw new Problem(`Not built yet: ${missing.join(', ')}`, './wenming up builds it, or name another --build-dir.');
  }
}

// The names of the ports of `due` that none of our own processes holds: those are free once it has ended.
function portsToTake(due, wants, recorded, ports) {
  const alive = SERVICES.filter((name) => isAlive(recorded?.services?.[name]));
  const held = alive.flatMap((name) => wants[name].ports.map((port) => recorded.ports[port]));
  return due.flatMap((name) => wants[name].ports).filter((port) => !held.includes(ports[port]));
}

async function checkPortsFree(names, ports) {
  for (const name of names) {
    // Another start that looks for free ports holds each of them for an instant.
    if (await until(() => isFree(ports[name]), PORT_MS)) continue;
    const { what, flag, env } = PORTS[name];
    throw new Problem(`Port ${ports[name]} (${what}) is taken by another program.`,
      `Stop that program, or choose another port: --${flag} PORT, or ${env}=PORT.`);
  }
}

// The record of a running service stands only while its process lives with today's files and flags.
const isCurrent = (entry, want) =>
  isAlive(entry) && entry.built === want.built && entry.binary === want.binary && isDeepStrictEqual(entry.args, want.args);

function newRecord({ runDir, buildDir, ports, dev, fastDb, wechat, publicUrl, trustedProxy }, socket) {
  return {
    run_dir: runDir,
    build_dir: buildDir,
    dev,
    wechat,
    public_url: publicUrl,
    trusted_proxy: trustedProxy,
    http: `http://${HOST}:${ports.http}`,
    grpc: `${HOST}:${ports.grpc}`,
    ports,
    keys: paths(runDir).keys,
    admin: { login: 'admin', password_file: paths(runDir).adminPassword },
    database: { socket, fast: fastDb },
    services: {},
  };
}

// Has a log of its own: the process that still runs writes to the service's.
function migrate(name, { binary, args, migrationLog: log }) {
  const run = spawnSync(binary, [...args, '--migrate'], { encoding: 'utf8' });
  if (run.status === 0) return;
  fs.writeFileSync(log, `${run.stdout}${run.stderr}${run.error?.message ?? ''}`, { mode: 0o600 });
  throw new Problem(`${name} could not migrate its schema:\n${tail(log)}`, `The whole log is ${log}.`);
}

// Waits until the service is ready and returns the seconds that took. `given.up` tells those who wait for others that one
// has failed: a process that only waits for that one would keep them.
async function waitReady(name, entry, given) {
  const began = Date.now();
  let died = false;
  const ready = await until(async () => given.up || (died = !isAlive(entry)) || isReady(name, entry.metrics), READY_MS);
  if (ready && !died) return ((Date.now() - began) / 1000).toFixed(1);
  given.up = true;
  const what = died ? `${name} ended while starting` : `${name} was not ready after ${READY_MS / 1000} s`;
  throw new Problem(`${what}:\n${tail(entry.log)}`, `The whole log is ${entry.log}.`);
}

// Directories, keys, passwords, the database with its schemas: what stands before the first process. All of it once.
function prepare(runDir, fastDb) {
  for (const directory of [paths(runDir).log, paths(runDir).passwords, paths(runDir).audit]) fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
  execFileSync(path.join(ROOT, 'tools/make_keys.sh'), [paths(runDir).keys], { stdio: ['ignore', 'ignore', 'inherit'] });
  secretFile(paths(runDir).adminPassword);
  ensureSchemas(runDir, startDatabase(runDir, fastDb));
  good('the database is ready');
}

// Launches the services that are due; the record on disk knows each as soon as it runs.
function launchAll(due, wants, record) {
  for (const name of due) {
    const { binary, args, grpc, metrics, log, files, built } = wants[name];
    record.services[name] = { ...launch(binary, args, log), grpc, metrics, log, binary, args, files, built };
    writeRecord(record.run_dir, record);
  }
}

// Prometheus, where it was started once and not stopped since. The stack serves without it, too.
async function watchAgain(runDir, record) {
  try {
    const { url, started } = (await resumePrometheus(runDir, record)) ?? {};
    if (started) good(`Prometheus watches again: ${url}/alerts`);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    console.error(`warning: nobody watches: ${error.message}\n       ./wenming monitor starts it, ./wenming monitor --stop does without.`);
  }
}

async function startIn(runDir, flags) {
  const recorded = readRecord(runDir);
  const chosen = await settings(flags, readRecordOrStopped(runDir));
  const socket = socketOf(runDir);
  const wants = wanted(chosen, socket);
  checkBuilt(Object.values(wants).flatMap(({ files }) => files));
  for (const want of Object.values(wants)) want.built = builtAt(want.files);

  const kept = SERVICES.filter((name) => isCurrent(recorded?.services?.[name], wants[name]));
  const due = SERVICES.filter((name) => !kept.includes(name));
  const changes = due.length > 0 || !answers(socket);
  if (changes) {
    await checkPortsFree(portsToTake(due, wants, recorded, chosen.ports), chosen.ports);
    step(`Starting wenming in ${path.relative(process.cwd(), runDir) || '.'}`);
    prepare(runDir, chosen.fastDb);
    // The old ones answer until all has migrated, and go on where that fails.
    for (const name of due) if (name in STORES) migrate(name, wants[name]);
    for (const name of due) await end(recorded?.services?.[name]);
    await checkPortsFree(due.flatMap((name) => wants[name].ports), chosen.ports);
  }
  const record = newRecord(chosen, socket);
  for (const name of kept) record.services[name] = recorded.services[name];
  launchAll(due, wants, record);
  const given = { up: false };
  const took = await Promise.all(SERVICES.map((name) => waitReady(name, record.services[name], given)));
  SERVICES.forEach((name, i) => due.includes(name) && good(`${name} is ready (${took[i]} s)`));
  if (!changes) good('everything runs already; nothing changed');
  await watchAgain(runDir, record);
}

// `tools/stack check`: what start would refuse before it does anything, so that nobody builds for minutes to learn it.
export async function check(flags) {
  const recorded = readRecord(runDirOf(flags));
  const chosen = await settings(flags, readRecordOrStopped(runDirOf(flags)));
  const wants = wanted(chosen, '');
  const idle = SERVICES.filter((name) => !isAlive(recorded?.services?.[name]));
  await checkPortsFree(idle.flatMap((name) => wants[name].ports), chosen.ports);
}

export async function start(flags) {
  const runDir = runDirOf(flags);
  await withLock(runDir, () => startIn(runDir, flags));
}
