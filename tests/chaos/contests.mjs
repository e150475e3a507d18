// People who contest their hours before and after these are settled, and staff who decide, take hours back and excuse who
// was absent: at both replicas, several at once, in an order that a seed decides.

import { setTimeout as pause } from 'node:timers/promises';
import { HOUR_MS, MINUTE_MS, later } from '../../tools/story/calendar.mjs';
import { pick } from './random.mjs';
import { eveningOf } from './settling.mjs';

const LANES = 4;
const THOUGHT_MS = 250;  // at most, before the next act
const OUTCOMES = ['OUTCOME_UPHELD', 'OUTCOME_AMENDED', 'OUTCOME_REJECTED'];

// A stretch of the shift, from half an hour to all of it: short ones do not count.
function stretch({ startTime }, random) {
  const begin = new Date(startTime);
  return {
    checkInTime: later(begin, 10 * Math.floor(4 * random()) * MINUTE_MS).toISOString(),
    checkOutTime: later(begin, 10 * (7 + Math.floor(12 * random())) * MINUTE_MS).toISOString(),
  };
}

// `cases`: of holdDay; `deciders` and `excusers`: members of staff, each as a session at either replica. Acts until `isOver()`.
export function contest({ history, random }, { deciders, excusers }, cases, isOver) {
  const run = Math.floor(2 ** 31 * random());
  let issued = 0;

  // Sends one request, now and then twice at once.
  async function ask({ shift }, facts, verb, selves, body) {
    const at = later(eveningOf(shift), 24 * HOUR_MS);
    await Promise.all(Array.from({ length: random() < 0.3 ? 2 : 1 }, () => {
      const self = pick(random, selves).at(at);
      return history.record({ client: 'contest', ...facts, body, at: at.getTime() },
        () => self.send('POST', `/v1/${facts.registration}:${verb}`, body));
    }));
  }

  function appeal(one) {
    const requestId = `appeal-${run}-${++issued}`;
    const body = { ...stretch(one.shift, random), reason: '记录与实际不符', requestId };
    const facts = { kind: 'appeal', volunteer: one.volunteer.name, registration: one.registration, requestId };
    return ask(one, facts, 'appealHours', one.volunteer.selves, body);
  }

  function decide(one) {
    const outcome = pick(random, OUTCOMES);
    const body = { outcome, reason: '看了现场照片', ...(outcome === 'OUTCOME_AMENDED' && stretch(one.shift, random)) };
    return ask(one, { kind: 'decide', registration: one.registration }, 'decideAppeal', pick(random, deciders), body);
  }

  const reverse = (one) => ask(one, { kind: 'reverse', registration: one.registration }, 'reverseHours', pick(random, deciders), { reason: '抽查不符' });
  const excuse = (one) => ask(one, { kind: 'excuse', registration: one.registration }, 'excuse', pick(random, excusers), { reason: '家中有急事' });

  async function act() {
    const one = pick(random, cases);
    const dice = random();
    if (dice < 0.15) return one.present ? reverse(one) : excuse(one);
    await appeal(one);
    return dice < 0.9 ? decide(one) : undefined;
  }

  return Promise.all(Array.from({ length: LANES }, async () => {
    while (!isOver()) {
      await act();
      await pause(THOUGHT_MS * random());
    }
  }));
}
