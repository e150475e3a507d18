// The running stack that a run directory describes, and the demo that was loaded into it.

import fs from 'node:fs';
import { Problem } from '../local/problem.mjs';
import { readRecord } from '../local/record.mjs';
import { paths } from '../local/services.mjs';
import { Session } from './session.mjs';

const UP = './wenming up starts it.';

// The recorded stack (tools/local/stack.mjs tells its shape).
export function runningStack(runDir) {
  const record = readRecord(runDir);
  if (record === null) throw new Problem('wenming is not running.', UP);
  return record;
}

// The same for what needs the development log-in and the clock header.
export function stackInDevelopment(runDir) {
  const stack = runningStack(runDir);
  if (!stack.dev) throw new Problem('This stack runs without the development log-in.', 'Start it without --no-dev.');
  return stack;
}

export const sessionOf = (stack) => new Session(stack.http);

// What load_demo left in RUN_DIR/demo.json; null when it has not run through.
export function loadedDemo(runDir) {
  try {
    return JSON.parse(fs.readFileSync(paths(runDir).demo, 'utf8'));
  } catch {
    return null;
  }
}

export function keepDemo(runDir, demo) {
  const file = paths(runDir).demo;
  fs.writeFileSync(`${file}.new`, `${JSON.stringify(demo, null, 2)}\n`, { mode: 0o600 });
  fs.renameSync(`${file}.new`, file);
}
