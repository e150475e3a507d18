// The same as faults_test.mjs for what takes longer, or is rarer: processes that stand still for longer than anybody waits,
// kills, and a service without a free file descriptor, or without memory.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ACTIONS, FAULTS, LONG_FAULTS } from './nemesis.mjs';
import { chosenSeed, randomFrom } from './random.mjs';
import { holdOut } from './under_faults.mjs';
import { World } from './world.mjs';

const VOLUNTEERS = 130;
const NAMES = ['kill the database', 'kill activity_svc', 'kill volunteer_svc', 'kill both activity_svc', 'freeze activity_svc for 5 s',
  'freeze volunteer_svc for 5 s', 'freeze org_svc for 5 s', 'freeze a gateway for 5 s', 'no file descriptors left for 2 s',
  'no memory left for 3 s'];
// Whoever waits for less than the deadline of a call is answered after all; the kill of one replica may fall between two calls.
const FELT = /^kill (both|the database)|^no file descriptors|for 3[05] s$/;

let world;
const seed = chosenSeed();
before(async () => { world = await World.start({ volunteers: VOLUNTEERS, random: randomFrom(seed) }); });
after(() => world?.stop());

test('long faults', { timeout: 600000 }, async (t) => {
  const actions = { ...Object.fromEntries(NAMES.map((name) => [name, ACTIONS[name] ?? FAULTS[name]])), ...LONG_FAULTS };
  const { findings, faults } = await holdOut(world, actions, seed, (text) => t.diagnostic(text));
  assert.deepEqual(faults, []);
  assert.equal(findings.length, Object.keys(actions).length);
  assert.deepEqual(findings.filter(({ died }) => died !== undefined).map(({ fault }) => fault), ['no memory left for 3 s']);
  for (const { fault, unknown } of findings.filter(({ fault: name }) => FELT.test(name))) {
    assert.ok(unknown > 0, `nobody felt "${fault}": the test has lost its teeth`);
  }
});
