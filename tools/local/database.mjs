// The stack's private MariaDB: started by tools/mariadb.sh; three schemas, each with a user that can reach no other.

import { execFileSync, spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Problem, tail } from './problem.mjs';
import { STORES, paths } from './services.mjs';
import { ROOT } from './settings.mjs';

const SCRIPT = path.join(ROOT, 'tools/mariadb.sh');
const LONGEST_SOCKET_PATH = 107;  // sun_path of the kernel

export const socketOf = (runDir) => execFileSync(SCRIPT, ['socket', paths(runDir).database], { encoding: 'utf8' }).trim();

// Runs SQL as the database's administrator; rows as arrays of strings.
export function query(socket, sql) {
  const client = spawnSync('mariadb', ['--no-defaults', `--socket=${socket}`, '--user=root', '--batch', '--skip-column-names'],
    { input: sql, encoding: 'utf8', timeout: 20000 });
  if (client.error) throw new Problem(`The mariadb client does not run: ${client.error.message}`, './wenming doctor');
  if (client.status !== 0) throw new Problem(`The database refused a statement: ${client.stderr.trim()}`);
  return client.stdout.split('\n').filter((line) => line !== '').map((line) => line.split('\t'));
}

export function answers(socket) {
  try {
    return query(socket, 'SELECT 1')[0][0] === '1';
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}

export function startDatabase(runDir, fast) {
  const directory = paths(runDir).database;
  const socket = socketOf(runDir);
  if (Buffer.byteLength(socket) > LONGEST_SOCKET_PATH) {
    throw new Problem(`The database's socket would be ${socket}, too long for a socket path (${LONGEST_SOCKET_PATH} bytes).`,
      'Choose a shorter --run-dir.');
  }
  if (answers(socket)) return socket;
  fs.mkdirSync(paths(runDir).log, { recursive: true });
  const log = path.join(paths(runDir).log, 'mariadb-start.log');
  const output = fs.openSync(log, 'w', 0o600);
  const started = spawnSync(SCRIPT, ['start', directory, fast ? '--fast' : '--binary-log'], { stdio: ['ignore', output, output] });
  fs.closeSync(output);
  if (started.status !== 0) throw new Problem(`MariaDB did not start:\n${tail(log)}`, './wenming doctor says what it lacks.');
  return socket;
}

export function stopDatabase(runDir) {
  const stopped = spawnSync(SCRIPT, ['stop', paths(runDir).database], { encoding: 'utf8' });
  if (stopped.status !== 0) throw new Problem(`MariaDB did not stop: ${stopped.stderr.trim()}`);
}

// A random secret in a file that only its owner reads; made once.
export function secretFile(file) {
  if (!fs.existsSync(file)) {
    fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    fs.writeFileSync(file, `${crypto.randomBytes(18).toString('base64url')}\n`, { mode: 0o600 });
  }
  return fs.readFileSync(file, 'utf8').trim();
}

// In a grant `_` stands for any character, so it is escaped: wenming_org must not reach wenmingXorg.
export function ensureSchemas(runDir, socket) {
  const statements = Object.entries(STORES).flatMap(([service, { schema }]) => {
    const user = `'${schema}'@'localhost'`;
    const password = secretFile(paths(runDir).passwordOf(service));
    return [
      `CREATE DATABASE IF NOT EXISTS ${schema} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`,
      `CREATE USER IF NOT EXISTS ${user}`,
      `ALTER USER ${user} IDENTIFIED BY '${password}'`,
      `GRANT ALL PRIVILEGES ON \`${schema.replaceAll('_', '\\_')}\`.* TO ${user}`,
    ];
  });
  query(socket, `${statements.join(';\n')};\n`);
}
