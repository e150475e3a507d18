#!/usr/bin/env node
// The half of `./wenming doctor` that looks at the local stack: processes, ports, database, keys.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { lastCopy, leftByRestores, room } from './copies.mjs';
import { query } from './database.mjs';
import { Problem, good, red, run, tail } from './problem.mjs';
import { STORES, builtAt, paths } from './services.mjs';
import { OPTIONS, PORTS, isFree, runDirOf } from './settings.mjs';
import { liveRecord } from './status.mjs';

let unwell = 0;
function bad(what, remedy) {
  unwell = 1;
  console.log(`${red('bad')} ${what}\n    ${remedy}`);
}

// A service knows which settings are unsafe; the database is the same for all.
function checkSettings({ socket, fast }, { binary, args }) {
  const { status, stdout, stderr } = spawnSync(binary, [...args, '--check-database'], { encoding: 'utf8' });
  const remedy = fast ? 'It was started with --fast-db, for tests; ./wenming down --wipe and up make a safe one.'
    : 'Set it in the configuration and start the database again; until then no service is ready.';
  for (const line of (stdout ?? '').split('\n').filter(Boolean)) bad(`the database has ${line}`, remedy);
  if (status === 0) good('the database keeps what it acknowledges');
  else if (!stdout) bad(`${binary} could not ask the database for its settings`, stderr ?? 'Was it built?');
  if (query(socket, 'SELECT @@GLOBAL.log_bin')[0][0] !== '1') console.log('    it keeps no binary log: ./wenming restore goes back to the last backup, not to a point in time');
}

// Logs in as the service's own user and lists what it can see.
function checkUser(service, runDir, socket) {
  const { schema } = STORES[service];
  const client = spawnSync('mariadb', ['--no-defaults', `--socket=${socket}`, `--user=${schema}`, '--batch', '--skip-column-names',
    '-e', 'SHOW DATABASES'], { encoding: 'utf8', env: { ...process.env, MYSQL_PWD: readSecret(paths(runDir).passwordOf(service)) } });
  if (client.status !== 0) return bad(`${service} cannot log in to the database: ${client.stderr.trim()}`, './wenming down and up');
  const others = client.stdout.trim().split('\n').filter((name) => name !== schema && name !== 'information_schema');
  if (others.length > 0) return bad(`the user of ${service} also reaches ${others.join(', ')}`, `Revoke what ${schema} has there.`);
  good(`${service} reaches its schema and no other`);
}

const readSecret = (file) => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim() : '');

function checkSecrets(runDir) {
  const { keys, passwords, adminPassword } = paths(runDir);
  const files = [adminPassword, ...[keys, passwords].flatMap((dir) =>
    fs.existsSync(dir) ? fs.readdirSync(dir).map((name) => path.join(dir, name)) : [])];
  const open = files.filter((file) => fs.existsSync(file) && !file.endsWith('.verify.pem') && fs.statSync(file).mode & 0o077);
  if (open.length === 0) return good('keys and passwords are readable by their owner only');
  bad(`others can read ${open.join(', ')}`, `chmod 600 ${open.join(' ')}`);
}

const HOUR_MS = 3600000;
const OLDEST_COPY_HOURS = 26;  // one a night, and a little
const gigabytes = (bytes) => `${(bytes / 2 ** 30).toFixed(1)} GB`;

// A database for development or tests need not be copied.
function checkLastCopy(runDir, isPrecious) {
  const last = lastCopy(runDir);
  const hours = last ? Math.floor((Date.now() - last.time) / HOUR_MS) : Infinity;
  const what = last ? `the last copy of the database is ${hours} h old: ${last.folder}` : 'there is no copy that the database could be restored from';
  if (isPrecious && hours >= OLDEST_COPY_HOURS) return bad(what, './wenming backup makes one, every night by cron.');
  if (last) good(what);
  else console.log(`    ${what}; ./wenming backup makes one`);
}

// The next copy and a restore from it take as much as the data each.
function checkRoom(runDir) {
  const { free, data } = room(runDir);
  const what = `${gigabytes(free)} free in ${runDir}; the database has ${gigabytes(data)}`;
  if (free > 2 * data) good(what);
  else bad(`only ${what}: too little for a copy and a restore`, 'Free some; ./wenming backup --keep N deletes older copies.');
  const left = leftByRestores(runDir);
  if (left.length > 0) console.log(`    data of before restores are kept; once all is well: rm -r ${left.join(' ')}`);
}

function checkService(name, { state, log, metrics, files, built }) {
  if (state === 'dead') return bad(`${name} does not run; its last words:\n${tail(log ?? '', 6)}`, './wenming up starts it again.');
  if (state === 'not ready') return bad(`${name} runs but is not ready (see ${metrics}/metrics):\n${tail(log, 6)}`, `The log is ${log}.`);
  if (builtAt(files) !== built) {
    return bad(`${name} runs another build than ${files.join(', ')}`, './wenming up restarts it.');
  }
  good(`${name} is ready`);
}

async function checkPorts() {
  for (const { port, what, flag, env } of Object.values(PORTS)) {
    if (!(await isFree(port))) bad(`port ${port} (${what}) is taken`, `./wenming up --${flag} PORT, or ${env}=PORT`);
  }
}

await run(async () => {
  let flags;
  try {
    flags = parseArgs({ args: process.argv.slice(2), options: { 'run-dir': OPTIONS['run-dir'] } }).values;
  } catch (error) {
    throw new Problem(error.message, './wenming doctor --help');
  }
  const runDir = runDirOf(flags);
  const live = await liveRecord(runDir);
  if (fs.existsSync(paths(runDir).database)) {
    checkRoom(runDir);
    checkLastCopy(runDir, live !== null && !live.dev && !live.database.fast);
  }
  if (live?.dev && live.public_url) {
    bad(`anybody logs in without proof: the stack is one for development, and has the address ${live.public_url}`, './wenming up --no-dev');
  }
  if (live === null) {
    good(`no stack runs in ${runDir}; ./wenming up starts one`);
    await checkPorts();
    return unwell;
  }
  for (const [name, service] of Object.entries(live.services)) checkService(name, service);
  checkSecrets(runDir);
  if (live.database.state === 'ready') {
    checkSettings(live.database, live.services.org_svc);
    for (const service of Object.keys(STORES)) checkUser(service, runDir, live.database.socket);
  } else {
    bad(`the database does not answer on ${live.database.socket}`, './wenming up starts it again.');
  }
  return unwell;
});
