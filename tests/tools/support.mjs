// What the tests of the scripts share: the tree, a scratch directory that goes away, and running a command.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

// A new directory, removed when the test `t` ends, after `before` (which may stop what runs there).
export function scratch(t, before = () => {}) {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'wenming-'));
  t.after(() => {
    before();
    fs.rmSync(directory, { recursive: true, force: true });
  });
  return directory;
}

// Runs a command to its end: { status, out, err }.
export function run(command, args, options = {}) {
  const done = spawnSync(command, args, { encoding: 'utf8', timeout: 300000, ...options });
  if (done.error) throw done.error;
  return { status: done.status, out: done.stdout, err: done.stderr };
}

// Runs a command that takes its time and must succeed; what it said.
export function succeed(command, args, options = {}) {
  const { status, out, err } = run(command, args, { timeout: 900000, maxBuffer: 1 << 28, ...options });
  assert.equal(status, 0, `${command} ${args.join(' ')}\n${out?.slice(-2000)}\n${err?.slice(-2000)}`);
  return out?.trim();
}
