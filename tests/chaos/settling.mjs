// Days of service that wait to be settled, and staff who settle them at both replicas, several at once and again and again.

import { setTimeout as pause } from 'node:timers/promises';
import { attend, signUp } from '../../tools/story/activities.mjs';
import { HOUR_MS, later } from '../../tools/story/calendar.mjs';
import { mapWide } from '../../tools/story/waiting.mjs';
import { pick } from './random.mjs';

const PAUSE_MS = 1500;  // between two shifts, at most
const HANDS = 4;  // that settle the same shift at once

export const YEAR = 2031;
// Day 0 is the first of June; the clock is UTC.
const onDay = (day, hour) => new Date(Date.UTC(YEAR, 5, 1 + day, hour));
// When a shift's hours are confirmed and go public.
export const eveningOf = (shift) => later(new Date(shift.endTime), HOUR_MS);
export const dayShifts = (days, capacity) => Array.from({ length: days }, (_, day) => ({
  post: '值守', capacity, startTime: onDay(day, 1).toISOString(), endTime: onDay(day, 4).toISOString(),
}));

// Everybody but `absentee` was there, the leader has confirmed it, and it is public. Resolves with whose hours they are:
// [{ registration, shift, volunteer, present }]. Who is absent twice is locked out of the days after.
export async function holdDay({ history }, head, shift, volunteers, absentee) {
  const cases = await mapWide(volunteers, 8, async (volunteer) => {
    const { name, self } = volunteer;
    let registration;
    const requestId = `day-${name}-${shift.name}`.replaceAll('/', '-');
    const facts = { client: 'day', kind: 'signUp', volunteer: name, shift: shift.name, requestId, body: {} };
    await history.record(facts, async () => {
      registration = await signUp(self, shift.name, requestId);
      return { status: 200, answer: registration };
    });
    const present = volunteer !== absentee;
    if (present) await attend(head, self, registration.name, shift, `phone-${name.slice(-13)}`);
    return { registration: registration.name, shift, volunteer, present };
  });
  const evening = head.at(eveningOf(shift));
  for (const verb of ['end', 'confirm', 'publicize']) {
    await history.record({ client: 'day', kind: verb, shift: shift.name, body: {} },
      () => evening.send('POST', `/v1/${shift.name}:${verb}`, {}));
  }
  return cases;
}

// Settles one shift after the other, and then some of them again, until all are settled and `isOver()`.
export async function settleAll(world, head, shifts, isOver) {
  for (const shift of shifts) {
    await settle(world, head, shift);
    if (!isOver()) await pause(PAUSE_MS * world.random());
  }
  while (!isOver()) await settle(world, head, pick(world.random, shifts));
}

// Settles a shift with several hands at once until each of them was told that it is done.
function settle(world, head, shift) {
  const { history, random } = world;
  const selves = world.atBoth(head);
  const at = later(new Date(shift.endTime), 30 * 24 * HOUR_MS);
  return Promise.all(Array.from({ length: HANDS }, async (_, hand) => {
    for (let attempt = 0; attempt < 500; ++attempt) {
      const self = pick(random, selves).at(at);
      const op = await history.record({ client: `hand-${hand}`, kind: 'settle', shift: shift.name, body: {}, at: at.getTime() },
        () => self.send('POST', `/v1/${shift.name}:settle`, {}));
      if (op.outcome === 'ok') return;
      if (op.outcome === 'failed') throw new Error(`${shift.name} was not settled: ${op.reason}`);
      await pause(20 + 60 * random());
    }
    throw new Error(`${shift.name} could not be settled`);
  }));
}
