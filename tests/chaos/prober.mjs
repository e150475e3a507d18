// Measures how long a fault is felt after its end: asks for one thing of each kind at both replicas, again and again, until
// each has succeeded. On a thread of its own, for the clients keep this one busy.

import { setTimeout as pause } from 'node:timers/promises';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { Session } from '../../tools/story/session.mjs';
import { History } from './history.mjs';

const PAUSE_MS = 20;  // between two attempts
const PATIENCE_MS = 90000;
const HOUR_MS = 3600000;
const FIRST_DAY = Date.UTC(2032, 0, 1);
export const MOST_FAULTS = 60;

// The shifts that the prober signs up for, one for each time it is asked: an argument of World.openActivity.
export const PROBE_SHIFTS = Array.from({ length: MOST_FAULTS }, (_, day) => ({
  post: '值守', capacity: 10, startTime: new Date(FIRST_DAY + 24 * day * HOUR_MS).toISOString(),
  endTime: new Date(FIRST_DAY + (24 * day + 2) * HOUR_MS).toISOString(),
}));

export class Prober {
  #worker;
  #asked = 0;

  // `volunteers`: one for each replica, of World.logInAll, who do nothing else; `shifts`: of PROBE_SHIFTS; `login`: a member of staff.
  constructor(world, volunteers, shifts, login) {
    this.history = world.history;
    const { stack } = world;
    const sides = world.sides.map(({ session: { base } }, i) => {
      const { name, selves } = volunteers[i];
      return { base, volunteer: name, token: selves[i].token };
    });
    const staff = { username: login, password: stack.account(login).password, device: 'a test' };
    this.#worker = new Worker(new URL(import.meta.url), {
      workerData: { prober: { sides, staff, unit: stack.account(login).unit_name, shifts: shifts.map(({ name }) => name) } },
    });
  }

  // Resolves with the seconds from now until the first success of each kind of operation, at the slower replica:
  // { "sign up": 0.2, … }. Rejects when one of them does not succeed in PATIENCE_MS.
  untilAllSucceed() {
    const began = performance.timeOrigin + performance.now();
    return new Promise((resolve, reject) => {
      this.#worker.once('error', reject);
      this.#worker.once('message', ({ operations, seconds, complaint }) => {
        this.#worker.off('error', reject);
        const late = ({ begin, end, ...rest }) =>
          ({ ...rest, begin: begin - performance.timeOrigin, end: end - performance.timeOrigin });
        this.history.operations.push(...operations.map(late));
        if (complaint) reject(new Error(complaint));
        else resolve(seconds);
      });
      this.#worker.postMessage({ began, round: this.#asked++ });
    });
  }

  stop() {
    return this.#worker.terminate();
  }
}

// Tries until `attempt` resolves with an answer or something true; the last refusal is told when the patience is over.
async function untilSuccess(what, end, attempt) {
  for (let told = 'nothing';; await pause(PAUSE_MS)) {
    try {
      const { status, answer } = await attempt();
      if (status === 200) return answer;
      told = `${status} ${answer?.reason ?? JSON.stringify(answer)}`;
    } catch (error) {
      told = error.message;
    }
    if (Date.now() > end) throw new Error(`no success of "${what}" in ${PATIENCE_MS / 1000} s; the last answer was ${told}`);
  }
}

// What is asked for at one replica; each kind goes on for itself.
function probesOf({ base, volunteer, token }, { staff, unit, shifts }, history, round, end) {
  const session = new Session(base);
  const self = session.as(token);
  const simple = (what, method, path, body, as = self) =>
    ({ [what]: () => untilSuccess(what, end, () => as.send(method, path, body)) });
  const record = (what, facts, send) => untilSuccess(what, end, () =>
    history.record({ client: `prober ${base}`, volunteer, ...facts }, send));
  return {
    ...simple('read in org_svc', 'GET', `/v1/${unit}`),
    ...simple('log in as staff', 'POST', '/v1/auth:password', staff, session),
    ...simple('read in volunteer_svc', 'GET', `/v1/${volunteer}`),
    ...simple('log in as volunteer', 'POST', '/v1/auth:development', { volunteer }, session),
    ...simple('read in activity_svc', 'GET', '/v1/registrations:mine?pageSize=10'),
    'sign up': async (note) => {
      const shift = shifts[round];
      const requestId = `prober-round-${round}`;
      const body = { requestId };
      const { name } = await record('sign up', { kind: 'signUp', shift, requestId, body },
        () => self.send('POST', `/v1/${shift}/registrations`, body));
      note('sign up');
      await record('cancel', { kind: 'cancel', registration: name, body: {} }, () => cancelled(self, name));
      note('cancel');
    },
  };
}

// A cancellation that has taken place without an answer is refused when it is repeated: a look tells.
async function cancelled(self, name) {
  const exchange = await self.send('POST', `/v1/${name}:cancel`, {});
  if (exchange.status < 400 || exchange.status >= 500 || exchange.status === 429) return exchange;
  const look = await self.send('GET', `/v1/${name}`);
  return look.answer.state === 'STATE_CANCELLED' ? look : exchange;
}

async function probe({ sides, ...rest }, { began, round }) {
  const seconds = {};
  const note = (what) => {
    const took = (performance.timeOrigin + performance.now() - began) / 1000;
    seconds[what] = Math.max(seconds[what] ?? 0, took);
  };
  const history = new History();
  const end = Date.now() + PATIENCE_MS;
  const all = sides.flatMap((side) => Object.entries(probesOf(side, rest, history, round, end))
    .map(([what, act]) => act(note).then(() => what === 'sign up' || note(what))));
  const ended = await Promise.allSettled(all);
  const complaint = ended.find(({ status }) => status === 'rejected')?.reason.message;
  const absolute = ({ begin, end: until, ...op }) =>
    ({ ...op, begin: begin + performance.timeOrigin, end: until + performance.timeOrigin });
  return { operations: history.operations.map(absolute), seconds, complaint };
}

if (!isMainThread && workerData?.prober) {
  parentPort.on('message', async (question) => parentPort.postMessage(await probe(workerData.prober, question)));
}
