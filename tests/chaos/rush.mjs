// Sixty-four clients on fifty places, and on another shift at the same time; and one of staff who excuses some of them.

import { setTimeout as pause } from 'node:timers/promises';
import { Client } from './crowd.mjs';
import { pick, randomFrom } from './random.mjs';

const CLIENTS = 64;
const EXCUSE_MS = 400;  // between two excuses, at most
const WHEN = { startTime: '2031-05-01T01:00:00Z', endTime: '2031-05-01T04:00:00Z' };
export const RUSH_SHIFTS = [
  { post: '主会场', capacity: 50, waitlistCapacity: 60, ...WHEN },
  { post: '分会场', capacity: 20, waitlistCapacity: 5, ...WHEN },
];

// Excuses who seems to have a place, often at both replicas at once.
async function excuseSome(history, selves, crowd, random, isOver) {
  while (!isOver()) {
    const place = pick(random, crowd.filter(({ state }) => state === 'STATE_CONFIRMED'));
    if (place) {
      const [registration, body] = [place.name, { reason: '家中有急事' }];
      await Promise.all(selves.slice(0, random() < 0.4 ? 2 : 1).map((self) =>
        history.record({ client: 'excuse', kind: 'excuse', registration, body }, () => self.send('POST', `/v1/${registration}:excuse`, body))));
    }
    await pause(EXCUSE_MS * random());
  }
}

// Lets the crowd act until `isOver()`. Each volunteer belongs to one client; `staff`: sessions of the shifts' unit.
export function rush({ history }, volunteers, staff, shifts, seed, isOver) {
  const crowd = [];
  const clients = Array.from({ length: CLIENTS }, (_, i) => new Client({
    id: i, volunteers: volunteers.filter((_, j) => j % CLIENTS === i), shifts: shifts.map(({ name }) => name),
    random: randomFrom(seed + 1 + i), history, crowd,
  }));
  return Promise.all([...clients.map((client) => client.actUntil(isOver)), excuseSome(history, staff, crowd, randomFrom(seed), isOver)]);
}
