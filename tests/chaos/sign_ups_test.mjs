// Invariants 1, 2, 3, 5 and 6 under fire: 64 clients at two replicas on one shift of 50 places (and a smaller one at the same
// time), with requests that come twenty times at once, repetitions, other bodies under the same id, cancellations, offers
// taken, declined and left to lapse, places handed over and exchanged, excuses, while services and the database are killed
// and COMMITs lost.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { rage } from './nemesis.mjs';
import { chosenSeed, randomFrom } from './random.mjs';
import { RUSH_SHIFTS, rush } from './rush.mjs';
import { World } from './world.mjs';

const VOLUNTEERS = 128;
const RAGE = ['kill activity_svc', 'kill the database', 'lose COMMIT before', 'lose COMMIT after'];
const SOUGHT = ['signUp ok', 'signUp unknown', 'cancel ok', 'accept ok', 'signUp failed REQUEST_ID_REUSED', 'propose ok', 'takeOver ok', 'excuse ok'];

let world;
const seed = chosenSeed();
before(async () => { world = await World.start({ volunteers: VOLUNTEERS, random: randomFrom(seed) }); });
after(() => world?.stop());

test('64 clients on 50 places while the ground shakes', { timeout: 600000 }, async (t) => {
  const shifts = await world.openActivity(RUSH_SHIFTS);
  const volunteers = await world.logInAll();
  const { station1 } = await world.enterStaff('station1');
  let over = false;
  const nemesis = rage(world, RAGE, 1000, (what) => t.diagnostic(what)).then(() => world.history.seek(SOUGHT)).finally(() => { over = true; });
  await Promise.all([nemesis, world.observe(() => over), rush(world, volunteers, station1, shifts, seed, () => over)]);

  const { faults } = await world.reckon((text) => t.diagnostic(text));
  const { counts } = world.history;
  t.diagnostic(`${JSON.stringify(counts)}; ${world.moments.length} moments seen; lost COMMITs ${JSON.stringify(world.proxy.lost)}`);
  assert.deepEqual(faults, []);
  for (const what of SOUGHT) {
    assert.ok(counts[what] > 0, `nothing was "${what}": the test has lost its teeth`);
  }
  // Each of these alone is too rare for a run as short as this one to have it every time.
  assert.ok(['decline ok', 'refuse ok', 'withdraw ok'].some((what) => counts[what] > 0), 'the test has lost its teeth');
});
