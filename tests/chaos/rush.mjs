// Sixty-four clients on fifty places, and on another shift at the same time.

import { Client } from './crowd.mjs';
import { randomFrom } from './random.mjs';

const CLIENTS = 64;
const WHEN = { startTime: '2031-05-01T01:00:00Z', endTime: '2031-05-01T04:00:00Z' };
export const RUSH_SHIFTS = [
  { post: '主会场', capacity: 50, waitlistCapacity: 60, ...WHEN },
  { post: '分会场', capacity: 20, waitlistCapacity: 5, ...WHEN },
];

// Lets the crowd act until `isOver()`. Each volunteer belongs to one client.
export function rush({ history }, volunteers, shifts, seed, isOver) {
  const clients = Array.from({ length: CLIENTS }, (_, i) => new Client({
    id: i, volunteers: volunteers.filter((_, j) => j % CLIENTS === i), shifts: shifts.map(({ name }) => name),
    random: randomFrom(seed + 1 + i), history,
  }));
  return Promise.all(clients.map((client) => client.actUntil(isOver)));
}
