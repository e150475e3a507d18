// RUN_DIR/stack.json, read and written whole; stopped.json, what it was told, once it is stopped; and the lock that keeps two
// commands from changing a stack at once.

import fs from 'node:fs';
import os from 'node:os';
import { Problem } from './problem.mjs';
import { paths } from './services.mjs';

function read(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

// The recorded stack, or null when none was started (or the record is unreadable).
export const readRecord = (runDir) => read(paths(runDir).stack);

// The same, or else what the one that was stopped had been told, so that it comes back as it was: without services.
export const readRecordOrStopped = (runDir) => readRecord(runDir) ?? read(paths(runDir).stopped);

// Nothing runs any more.
export function writeStopped(runDir) {
  const record = readRecord(runDir);
  if (record === null) return;
  const { stack, stopped } = paths(runDir);
  fs.writeFileSync(`${stopped}.new`, `${JSON.stringify({ ...record, services: {} }, null, 2)}\n`);
  fs.renameSync(`${stopped}.new`, stopped);
  fs.rmSync(stack);
}

export function writeRecord(runDir, record) {
  const file = paths(runDir).stack;
  fs.writeFileSync(`${file}.new`, `${JSON.stringify(record, null, 2)}\n`);
  fs.renameSync(`${file}.new`, file);
}

// Null where it has ended: after a reboot its number may be anybody's.
function holderOf(lock) {
  const booted = Date.now() - os.uptime() * 1000;
  const pid = Number(fs.readFileSync(lock, 'utf8'));
  return pid > 0 && fs.existsSync(`/proc/${pid}`) && fs.statSync(lock).mtimeMs > booted ? pid : null;
}

// With the pid in it from the first moment: whoever reads it meanwhile must not take it for nobody's.
function take(lock) {
  const own = `${lock}.${process.pid}`;
  fs.writeFileSync(own, String(process.pid));
  try {
    fs.linkSync(own, lock);
  } finally {
    fs.rmSync(own);
  }
}

// Runs `action` while no other command changes the stack in runDir.
export async function withLock(runDir, action) {
  try {
    fs.mkdirSync(runDir, { recursive: true, mode: 0o700 });
    fs.accessSync(runDir, fs.constants.W_OK);
  } catch (error) {
    throw new Problem(`${runDir} cannot be written: ${error.message}`, 'Choose another with --run-dir or WENMING_RUN_DIR.');
  }
  const { lock } = paths(runDir);
  if (fs.existsSync(lock) && holderOf(lock) === null) fs.rmSync(lock, { force: true });
  try {
    take(lock);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    throw new Problem(`Another command (pid ${holderOf(lock)}) is changing the stack in ${runDir}.`, 'Wait until it is done.');
  }
  try {
    return await action();
  } finally {
    fs.rmSync(lock, { force: true });
  }
}
