// Invariants 3, 4 and 5 under fire: hours are settled by several hands at two replicas while the services, which tell of
// them and credit them, and the database are killed, COMMITs lost, and the stream between them repeats, reorders and
// poisons. In the end every presence stands in its volunteer's ledger exactly once.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { rage } from './nemesis.mjs';
import { chosenSeed, randomFrom } from './random.mjs';
import { dayShifts, holdDay, settleAll } from './settling.mjs';
import { World } from './world.mjs';

const VOLUNTEERS = 16;
const DAYS = 8;
const RAGE = ['kill volunteer_svc', 'kill activity_svc', 'kill the database', 'lose COMMIT before', 'lose COMMIT after',
  'repeat events', 'turn the cursor back', 'reorder events', 'poison event'];

let world;
const seed = chosenSeed();
before(async () => { world = await World.start({ volunteers: VOLUNTEERS, random: randomFrom(seed) }); });
after(() => world?.stop());

test('hours are credited once while the ground shakes', { timeout: 240000 }, async (t) => {
  const shifts = await world.openActivity(dayShifts(DAYS, VOLUNTEERS));
  const volunteers = await world.logInAll();
  const head = await world.stack.enter('station1');
  for (const shift of shifts) await holdDay(world, head, shift, volunteers);

  let over = false;
  const nemesis = rage(world, RAGE, 300, (what) => t.diagnostic(what)).finally(() => { over = true; });
  await Promise.all([nemesis, settleAll(world, head, shifts, () => over)]);

  const { faults, evidence: { tables } } = await world.reckon((text) => t.diagnostic(text));
  t.diagnostic(`${JSON.stringify(world.history.counts)}; ${tables.events.length} events, ${tables.entries.length} entries, `
    + `${world.reordered} reordered, lost COMMITs ${JSON.stringify(world.proxy.lost)}`);
  assert.deepEqual(faults, []);
  assert.equal(tables.entries.length, DAYS * VOLUNTEERS);
  assert.ok(tables.parked.length === 1 && tables.events.length > DAYS * VOLUNTEERS && world.reordered > 0, 'the test has lost its teeth');
});
