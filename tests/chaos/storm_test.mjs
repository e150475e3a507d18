// Everything at once and for longer: the rush, the settling and the contests together, and every action of the nemesis in
// every round.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { contest } from './contests.mjs';
import { ACTIONS, rage } from './nemesis.mjs';
import { chosenSeed, randomFrom } from './random.mjs';
import { RUSH_SHIFTS, rush } from './rush.mjs';
import { YEAR, dayShifts, holdDay, settleAll } from './settling.mjs';
import { World } from './world.mjs';

const VOLUNTEERS = 128;
const AT_WORK = 16;  // of them have days to be settled
const ROUNDS = 3;
const DAYS = 8;  // in each round

let world;
const seed = chosenSeed();
before(async () => { world = await World.start({ volunteers: VOLUNTEERS, random: randomFrom(seed) }); });
after(() => world?.stop());

test('all invariants through three rounds of everything', { timeout: 900000 }, async (t) => {
  await world.openCalendar(YEAR);
  const volunteers = await world.logInAll();
  const days = await world.openActivity(dayShifts(DAYS * ROUNDS, AT_WORK));
  const head = await world.stack.enter('station1');
  const { station1, institute1, center } = await world.enterStaff('station1', 'institute1', 'center');
  const staff = { deciders: [institute1, center], excusers: [station1, institute1] };
  const cases = [];
  const workers = volunteers.slice(0, AT_WORK);
  for (const [i, day] of days.entries()) cases.push(...(await holdDay(world, head, day, workers, workers[i])));
  const shifts = await world.openActivity(RUSH_SHIFTS);

  for (let round = 0; round < ROUNDS; ++round) {
    let over = false;
    const isOver = () => over;
    const nemesis = rage(world, Object.keys(ACTIONS), 1500, (what) => t.diagnostic(what)).finally(() => { over = true; });
    const due = days.slice(round * DAYS, (round + 1) * DAYS);
    const contested = cases.filter(({ shift }) => due.some(({ name }) => name === shift.name));
    await Promise.all([nemesis, world.observe(isOver), rush(world, volunteers, station1, shifts, seed + 1000 * round, isOver),
      settleAll(world, head, due, isOver), contest(world, staff, contested, isOver)]);
  }

  const { faults, evidence: { tables } } = await world.reckon((text) => t.diagnostic(text));
  t.diagnostic(`${JSON.stringify(world.history.counts)}; ${world.moments.length} moments, ${tables.events.length} events, `
    + `${tables.entries.length} entries`);
  assert.deepEqual(faults, []);
  assert.ok(days.every(({ name }) => tables.shifts.find((shift) => shift.name === name).state === 'SETTLED'));
  assert.equal(tables.parked.length, ROUNDS);
});
