// What ./wenming backup and restore have left, and how much room there is for more.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { paths } from './services.mjs';

// { time (when it began, in ms), folder } of the last copy that the database's log continues; null without one.
export function lastCopy(runDir) {
  const file = path.join(paths(runDir).database, 'last_backup');
  if (!fs.existsSync(file)) return null;
  const [time, ...folder] = fs.readFileSync(file, 'utf8').trim().split(' ');
  return { time: Date.parse(time), folder: folder.join(' ') };
}

// What was there before restores, for somebody to remove.
export function leftByRestores(runDir) {
  const { database } = paths(runDir);
  return fs.readdirSync(database).filter((name) => /^(data|binlog)\.before-/.test(name)).map((name) => path.join(database, name));
}

// Files of a running database come and go while du counts: it complains, and counts the rest.
function sizeOf(folder) {
  const { stdout } = spawnSync('du', ['--summarize', '--block-size=1', '--dereference-args', folder], { encoding: 'utf8' });
  return Number.parseInt(stdout, 10) || 0;
}

// In bytes: what is free where the run directory is, and what the database takes.
export function room(runDir) {
  const { bavail, bsize } = fs.statfsSync(runDir);
  return { free: bavail * bsize, data: sizeOf(path.join(paths(runDir).database, 'data')) };
}
