// Invariants 1, 2, 3, 5 and 6 while the database's disk is full, and that everything works again once there is room. The disk is
// a small file system in memory, which only root may mount.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { after, before, test } from 'node:test';
import { chosenSeed, randomFrom } from './random.mjs';
import { holdOut } from './under_faults.mjs';
import { World } from './world.mjs';

const VOLUNTEERS = 130;
const SIZE = '600m';  // what a new database and this test need, and a little more
const FULL_MS = 15000;  // longer than the deadline of a call

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wenming-disk-'));
let missing = null;
try {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},mode=0700`, 'wenming', folder], { stdio: 'pipe' });
} catch (error) {
  missing = `a file system of its own cannot be mounted: ${String(error.stderr ?? error.message).trim()}`;
}

let world;
const seed = chosenSeed();
before(async () => {
  if (missing !== null) return;
  world = await World.start({ volunteers: VOLUNTEERS, random: randomFrom(seed), databaseFolder: path.join(folder, 'db') });
});
after(async () => {
  await world?.stop();
  if (missing === null) execFileSync('umount', [folder]);
  fs.rmdirSync(folder);
});

// Takes all the room there is.
function fill(file) {
  const descriptor = fs.openSync(file, 'w');
  const bytes = Buffer.alloc(1 << 20);
  try {
    for (;;) fs.writeSync(descriptor, bytes);
  } catch (error) {
    if (error.code !== 'ENOSPC') throw error;
  } finally {
    fs.closeSync(descriptor);
  }
}

async function fullDisk() {
  const ballast = path.join(folder, 'ballast');
  fill(ballast);
  await pause(FULL_MS);
  fs.rmSync(ballast);
}

test('a full disk', { skip: missing ?? false, timeout: 300000 }, async (t) => {
  const actions = { 'full disk of the database for 15 s': fullDisk };
  const { findings: [finding], faults } = await holdOut(world, actions, seed, (text) => t.diagnostic(text));
  assert.deepEqual(faults, []);
  assert.ok(finding.unknown > 0, 'nobody felt it: the test has lost its teeth');
});
