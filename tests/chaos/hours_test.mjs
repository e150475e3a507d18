// Invariant 4 under fire: hours are settled while volunteer_svc, which credits them, and activity_svc, which tells of them,
// are killed. In the end every presence stands in its volunteer's ledger exactly once.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { query } from '../../tools/local/database.mjs';
import { attend, signUp } from '../../tools/story/activities.mjs';
import { HOUR_MS, later } from '../../tools/story/calendar.mjs';
import { mapWide, until } from '../../tools/story/waiting.mjs';
import { startStack } from '../support/running_stack.mjs';
import { Outage } from './outage.mjs';
import { logInAll, openActivity, untilKnown } from './setting.mjs';

const VOLUNTEERS = 40;
const MINUTES = 180;
// Whom SIGKILL meets as soon as the settlement of a day is acknowledged; after them comes a quiet day.
const VICTIMS = ['volunteer_svc', 'activity_svc', 'volunteer_svc', 'volunteer_svc'];
const DAYS = VICTIMS.length + 1;

// Day 0 is the first of May 2031; the clock is UTC.
const onDay = (day, hour) => new Date(Date.UTC(2031, 4, 1 + day, hour));
const SHIFTS = Array.from({ length: DAYS }, (_, day) => ({
  post: '值守', capacity: VOLUNTEERS,
  startTime: onDay(day, 1).toISOString(), endTime: onDay(day, 4).toISOString(),
}));

let stack;
before(async () => { stack = await startStack({ volunteers: VOLUNTEERS }); });
after(() => stack?.stop());

// Everybody was there, the leader has confirmed it, and it has been public for long enough.
async function hold(head, shift, volunteers) {
  await mapWide(volunteers, 8, async ({ name, self }) => {
    const registration = await signUp(self, shift.name);
    await attend(head, self, registration.name, shift, `phone-${name.slice(-13)}`);
  });
  const evening = head.at(later(new Date(shift.endTime), HOUR_MS));
  for (const verb of ['end', 'confirm', 'publicize']) await evening.post(`/v1/${shift.name}:${verb}`);
}

const entriesOf = ({ name, self }) => self.list(`/v1/${name}/hourEntries`, 'hourEntries');

// What is wrong with the ledger of a volunteer who was at every shift.
async function ledgerFaults(volunteer) {
  const entries = (await entriesOf(volunteer)).reverse();
  const account = await volunteer.self.get(`/v1/${volunteer.name}/hourAccount`);
  const faults = [];
  const shifts = new Set(entries.map(({ shift }) => shift));
  if (entries.length !== DAYS || shifts.size !== DAYS) faults.push(`${entries.length} entries over ${shifts.size} shifts`);
  if (entries.some(({ minutes }) => Number(minutes) !== MINUTES)) faults.push('minutes that nobody gave');
  if (entries.some(({ sequence }, i) => Number(sequence) !== i + 1)) faults.push('a gap in the sequence');
  if (entries.some(({ balanceMinutes }, i) => Number(balanceMinutes) !== (i + 1) * MINUTES)) faults.push('a balance that is no sum');
  if (Number(account.balanceMinutes) !== DAYS * MINUTES) faults.push(`a balance of ${account.balanceMinutes}`);
  if (account.headHash !== entries.at(-1)?.hash) faults.push('a head that is not the newest entry');
  return faults.map((fault) => `${volunteer.name}: ${fault}`);
}

const untilCredited = (volunteers, entries) => until('all hours to arrive', async () => {
  const accounts = await mapWide(volunteers, 8, ({ name, self }) => self.get(`/v1/${name}/hourAccount`));
  return accounts.every(({ entryCount }) => Number(entryCount) >= entries);
}, 30000);

test('hours are credited once while services are killed', { timeout: 120000 }, async (t) => {
  const shifts = await openActivity(stack, SHIFTS);
  const volunteers = await logInAll(stack);
  await untilKnown(stack, volunteers);
  const head = await stack.enter('station1');
  for (const shift of shifts) await hold(head, shift, volunteers);

  const outage = new Outage(stack);
  const { socket } = stack.record.database;
  const credited = [];
  const judge = head.at(onDay(DAYS + 8, 12));
  for (const [day, victim] of VICTIMS.entries()) {
    const settled = await outage.insist(() => judge.send('POST', `/v1/${shifts[day].name}:settle`, {}));
    assert.equal(settled.status, 200, settled.raw);
    const back = outage.strike(victim);
    credited.push(Number(query(socket, 'SELECT COUNT(*) FROM wenming_volunteer.hour_entries')[0][0]));
    // Settled again, whatever the answer while somebody is down, it must not be credited again.
    await judge.send('POST', `/v1/${shifts[day].name}:settle`, {});
    await back;
    await judge.post(`/v1/${shifts[day].name}:settle`);
  }
  t.diagnostic(`${outage.kills} kills; entries in the ledgers after each: ${credited.join(', ')}`);

  await untilCredited(volunteers, VICTIMS.length);

  // A consumer that starts anew does not apply again what was applied: it gets to what comes after.
  await outage.strike('volunteer_svc');
  await judge.post(`/v1/${shifts.at(-1).name}:settle`);
  await untilCredited(volunteers, DAYS);
  assert.deepEqual((await mapWide(volunteers, 8, ledgerFaults)).flat(), []);
});
