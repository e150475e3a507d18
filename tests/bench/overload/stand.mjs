// A stack whose database takes its time for each statement, so that a generator on the same machine can send it ten times what
// it takes; requests of its volunteers; how much memory the processes have; and what became of the sign-ups.

import fs from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { samples } from '../../../tools/rotation/metrics.mjs';
import { until } from '../../../tools/story/waiting.mjs';
import { nameOf, query } from '../../chaos/database.mjs';
import { placeFaults } from '../../chaos/invariants/places.mjs';
import { pick } from '../../chaos/random.mjs';
import { readMoment } from '../../chaos/tables.mjs';

const HOUR_MS = 3600000;
const FIRST_DAY = Date.UTC(2033, 0, 1);
const SIGN_UPS = 10;  // one request of so many is a sign-up, the others are reads
const METHODS = ['ListMyRegistrations', 'CreateRegistration'];
const ANSWERED_MS = 60000;
const LOOK_MS = 200;

// One shift a day, which nobody's other shifts overlap.
export const daysOf = (count, capacity) => Array.from({ length: count }, (_, day) => ({
  post: '值守', capacity, startTime: new Date(FIRST_DAY + 24 * day * HOUR_MS).toISOString(),
  endTime: new Date(FIRST_DAY + (24 * day + 2) * HOUR_MS).toISOString(),
}));

// Draws requests to the second replicas, as loops.mjs wants them; remembers whose sign-up was acknowledged.
export class Requests {
  acknowledged = [];
  #drawn = 0;
  #signUps = 0;

  constructor(volunteers, shifts, random) {
    Object.assign(this, { volunteers, shifts, random });
  }

  through(client) {
    return () => (++this.#drawn % SIGN_UPS === 0 ? this.#signUp(client) : this.#look(client));
  }

  #look(client) {
    const { selves: [, { token }] } = pick(this.random, this.volunteers);
    const send = () => client.send({ method: 'GET', path: '/v1/registrations:mine?pageSize=10', token });
    return Object.assign(send, { kind: 'read' });
  }

  // Everybody signs up for one day after the other.
  #signUp(client) {
    const number = this.#signUps++;
    const { name: volunteer, selves: [, { token }] } = this.volunteers[number % this.volunteers.length];
    const shift = this.shifts[Math.floor(number / this.volunteers.length) % this.shifts.length].name;
    const body = { requestId: `overload-${volunteer}-${shift}`.replaceAll('/', '-').slice(0, 64) };
    const send = async () => {
      const answer = await client.send({ method: 'POST', path: `/v1/${shift}/registrations`, token, body });
      if (answer.status === 200) this.acknowledged.push(`${volunteer} ${shift}`);
      return answer;
    };
    return Object.assign(send, { kind: 'sign_up' });
  }

  // How many acknowledged sign-ups are not there once, and how many shifts have more people than places.
  async reckon(socket) {
    const there = await query(socket, 'SELECT volunteer_id, shift_id, COUNT(*) FROM wenming_activity.registrations GROUP BY 1, 2');
    const counts = new Map(there.map(([person, shift, count]) => [`${nameOf('volunteers', person)} ${nameOf('shifts', shift)}`, count]));
    const lost = [...new Set(this.acknowledged)].filter((place) => counts.get(place) !== '1').length;
    return { lost, oversold: placeFaults(await readMoment(socket)).length };
  }
}

// Of the calls of what Requests draws, since the service began: how many it has taken, ended, and answered well.
async function countCalls(service) {
  const [started, handled] = await Promise.all(['started', 'handled'].map(async (what) =>
    (await samples(service, `grpc_server_${what}_total`)).filter(({ labels }) => METHODS.includes(labels.grpc_method))));
  const sum = (all) => all.reduce((total, { value }) => total + value, 0);
  return { taken: sum(started), ended: sum(handled), good: sum(handled.filter(({ labels }) => labels.grpc_code === 'OK')) };
}

// Does `load()`, which resolves with logs, among other things, and waits until the service, { name, metrics (a URL) }, has answered
// all of it. Resolves with what load() did, and how many calls the service has taken and how many of its good answers came to nobody
// (the logs have no good answer for them).
export async function servedBy(service, load) {
  const before = await countCalls(service);
  const done = await load();
  const after = await until('all calls to be answered', async () => {
    const counts = await countCalls(service);
    return counts.taken === counts.ended && counts;
  }, ANSWERED_MS);
  const received = done.logs.reduce((sum, log) => sum + log.count(({ status }) => status === 200), 0);
  return { ...done, taken: after.taken - before.taken, inVain: after.good - before.good - received };
}

const residentMb = (pid) => Number(/^VmRSS:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;

// How much memory processes had before, at most and afterwards: { name: { before, most, after } } in MB.
export async function watchMemory(pids, meanwhile) {
  const now = () => Object.entries(pids).map(([name, pid]) => [name, residentMb(pid)]);
  const seen = Object.fromEntries(now().map(([name, mb]) => [name, { before: mb, most: mb, after: mb }]));
  const look = () => {
    for (const [name, mb] of now()) Object.assign(seen[name], { most: Math.max(seen[name].most, mb), after: mb });
  };
  let over = false;
  const watching = (async () => { for (; !over; await pause(LOOK_MS)) look(); })();
  await meanwhile().finally(() => { over = true; });
  await watching;
  look();
  return seen;
}
