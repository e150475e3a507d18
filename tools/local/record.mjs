// RUN_DIR/stack.json, read and written whole, and the lock that keeps two commands from changing a stack at once.

import fs from 'node:fs';
import { Problem } from './problem.mjs';
import { paths } from './services.mjs';

// The recorded stack, or null when none was started (or the record is unreadable).
export function readRecord(runDir) {
  try {
    return JSON.parse(fs.readFileSync(paths(runDir).stack, 'utf8'));
  } catch {
    return null;
  }
}

export function writeRecord(runDir, record) {
  const file = paths(runDir).stack;
  fs.writeFileSync(`${file}.new`, `${JSON.stringify(record, null, 2)}\n`);
  fs.renameSync(`${file}.new`, file);
}

function holderOf(lock) {
  const pid = Number(fs.readFileSync(lock, 'utf8'));
  return pid > 0 && fs.existsSync(`/proc/${pid}`) ? pid : null;
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
    fs.writeFileSync(lock, String(process.pid), { flag: 'wx' });
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
