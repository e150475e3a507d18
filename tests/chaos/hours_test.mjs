// Invariants 3, 4 and 5 under fire: hours are settled by several hands at two replicas, contested, decided anew and taken
// back, while the services, which tell of them and credit them, and the database are killed, COMMITs lost, and the stream
// between them repeats, reorders and poisons. In the end what stands in each ledger is what was decided last, exactly once.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { contest } from './contests.mjs';
import { rage } from './nemesis.mjs';
import { chosenSeed, randomFrom } from './random.mjs';
import { YEAR, dayShifts, holdDay, settleAll } from './settling.mjs';
import { World } from './world.mjs';

const VOLUNTEERS = 16;
const DAYS = 8;
const RAGE = ['kill volunteer_svc', 'kill activity_svc', 'kill the database', 'lose COMMIT before', 'lose COMMIT after',
  'repeat events', 'turn the cursor back', 'reorder events', 'poison event'];
const SOUGHT = ['appeal ok', 'decide ok', 'reverse ok'];  // excuses are too rare for a run as short as this one

let world;
const seed = chosenSeed();
before(async () => { world = await World.start({ volunteers: VOLUNTEERS, random: randomFrom(seed) }); });
after(() => world?.stop());

test('hours are credited once while the ground shakes', { timeout: 600000 }, async (t) => {
  await world.openCalendar(YEAR);
  const shifts = await world.openActivity(dayShifts(DAYS, VOLUNTEERS));
  const volunteers = await world.logInAll();
  const head = await world.stack.enter('station1');
  const { station1, institute1, center } = await world.enterStaff('station1', 'institute1', 'center');
  const cases = [];
  for (const [day, shift] of shifts.entries()) cases.push(...(await holdDay(world, head, shift, volunteers, volunteers[day])));

  let over = false;
  const isOver = () => over;
  const nemesis = rage(world, RAGE, 300, (what) => t.diagnostic(what)).then(() => world.history.seek(SOUGHT)).finally(() => { over = true; });
  const staff = { deciders: [institute1, center], excusers: [station1, institute1] };
  await Promise.all([nemesis, settleAll(world, head, shifts, isOver), contest(world, staff, cases, isOver)]);

  const { faults, evidence: { tables } } = await world.reckon((text) => t.diagnostic(text));
  const { counts } = world.history;
  t.diagnostic(`${JSON.stringify(counts)}; ${tables.events.length} events, ${tables.entries.length} entries, `
    + `${world.reordered} reordered, lost COMMITs ${JSON.stringify(world.proxy.lost)}`);
  assert.deepEqual(faults, []);
  assert.ok(tables.shifts.every(({ state }) => state === 'SETTLED'));
  for (const what of SOUGHT) {
    assert.ok(counts[what] > 0, `nothing was "${what}": the test has lost its teeth`);
  }
  assert.ok(tables.parked.length === 1 && tables.events.length > DAYS * VOLUNTEERS && world.reordered > 0, 'the test has lost its teeth');
});
