// Invariants 1, 2, 3, 5 and 6 through what operators meet, a short while each, and that everything works again afterwards: the
// database restarted, standing still, slow, read-only, out of connections; a service standing still.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { FAULTS } from './nemesis.mjs';
import { chosenSeed, randomFrom } from './random.mjs';
import { holdOut } from './under_faults.mjs';
import { World } from './world.mjs';

const VOLUNTEERS = 130;
const NAMES = ['restart the database', 'freeze the database for 2 s', 'slow database for 3 s', 'no connections left for 2 s',
  'read-only database for 2 s', 'freeze activity_svc for 1 s'];

let world;
const seed = chosenSeed();
before(async () => { world = await World.start({ volunteers: VOLUNTEERS, random: randomFrom(seed) }); });
after(() => world?.stop());

test('short faults', { timeout: 600000 }, async (t) => {
  const actions = Object.fromEntries(NAMES.map((name) => [name, FAULTS[name]]));
  const { findings, faults } = await holdOut(world, actions, seed, (text) => t.diagnostic(text));
  assert.deepEqual(faults, []);
  assert.equal(findings.length, NAMES.length);
  assert.ok(findings.some(({ unknown }) => unknown > 0), 'nobody felt anything: the test has lost its teeth');
  assert.ok(world.proxy.delayed > 0, 'nothing was slow: the test has lost its teeth');
});
