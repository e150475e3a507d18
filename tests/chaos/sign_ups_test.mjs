// Invariants 1, 2, 3 and 6 under fire: 64 clients on one shift of 50 places (and a smaller one at the same time), with
// repeats, cancellations, offers taken and declined, while activity_svc is killed in the middle and comes back.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startStack } from '../support/running_stack.mjs';
import { Client } from './crowd.mjs';
import { History, finalFaults, overbooked } from './history.mjs';
import { Outage } from './outage.mjs';
import { chosenSeed, randomFrom } from './random.mjs';
import { logInAll, openActivity, untilKnown } from './setting.mjs';

const CLIENTS = 64;
const VOLUNTEERS = 128;
const ACTIONS = 40;  // of each client
const KILL_AT = [0.3, 0.6];  // of all actions

const WHEN = { startTime: '2031-05-01T01:00:00Z', endTime: '2031-05-01T04:00:00Z' };
const SHIFTS = [
  { post: '主会场', capacity: 50, waitlistCapacity: 60, ...WHEN },
  { post: '分会场', capacity: 20, waitlistCapacity: 5, ...WHEN },
];

let stack;
before(async () => { stack = await startStack({ volunteers: VOLUNTEERS }); });
after(() => stack?.stop());

// Reads the rosters again and again until `done()`; resolves with what was wrong at any moment, and how often it looked.
async function observe(staff, shifts, outage, done) {
  const faults = [];
  let looks = 0;
  while (!done()) {
    for (const shift of shifts) {
      const { status, answer } = await outage.insist(() => staff.send('GET', `/v1/${shift.name}/registrations?pageSize=1000`));
      assert.equal(status, 200, JSON.stringify(answer));
      assert.equal(answer.nextPageToken, '', 'the roster is one page, so one moment');
      faults.push(...overbooked(shift, answer.registrations));
      ++looks;
    }
  }
  return { faults, looks };
}

async function rush(clients, outage) {
  let actions = 0;
  const strikes = KILL_AT.map((share) => Math.floor(share * CLIENTS * ACTIONS));
  await Promise.all(clients.map(async (client) => {
    for (let i = 0; i < ACTIONS; ++i) {
      await client.act();
      if (++actions === strikes[0]) {
        strikes.shift();
        await outage.strike('activity_svc');
      }
    }
  }));
}

const readRosters = (staff, shifts) => Promise.all(shifts.map(async ({ name }) => ({
  shift: await staff.get(`/v1/${name}`),
  roster: await staff.list(`/v1/${name}/registrations`, 'registrations'),
})));

test('64 clients on 50 places while activity_svc is killed', { timeout: 120000 }, async (t) => {
  const seed = chosenSeed();
  const shifts = await openActivity(stack, SHIFTS);
  const volunteers = await logInAll(stack);
  await untilKnown(stack, volunteers);
  const staff = await stack.enter('station1');
  const history = new History();
  const outage = new Outage(stack);
  const each = VOLUNTEERS / CLIENTS;
  const clients = Array.from({ length: CLIENTS }, (_, i) => new Client({
    id: `${seed}-${i}`, volunteers: volunteers.slice(i * each, (i + 1) * each), shifts: shifts.map(({ name }) => name),
    random: randomFrom(seed + i), history, outage,
  }));

  let done = false;
  const [observed] = await Promise.all([
    observe(staff, shifts, outage, () => done),
    rush(clients, outage).finally(() => { done = true; }),
  ]);
  t.diagnostic(`${JSON.stringify(history.counts)}, ${outage.kills} kills, ${observed.looks} looks at the rosters`);

  assert.equal(outage.kills, KILL_AT.length);
  assert.deepEqual(observed.faults, []);
  assert.deepEqual(finalFaults(history, await readRosters(staff, shifts)), []);
  for (const what of ['signed up', 'repeated', 'cancelled', 'accepted', 'declined', 'refused OVERLAPPING_SHIFT']) {
    assert.ok(history.counts[what] > 0, `nothing was ${what}: the test has lost its teeth`);
  }
});
