// Load from outside, in two ways: a closed loop, in which somebody asks again once he was answered, finds out how much can
// be had; an open loop, in which people come at a rate whatever becomes of those before them, is what a rush is like.

import http from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

const TICK_MS = 2;

// An exchange over connections that are kept; resolves with { status, againMs }: 0 where there was no answer within `timeoutMs`, and
// after how long whoever was refused may come again.
export class Client {
  #agent = new http.Agent({ keepAlive: true, maxSockets: Infinity });

  // `base`: "http://127.0.0.1:8080"; the time also goes along as the deadline.
  constructor(base, timeoutMs) {
    const { hostname, port } = new URL(base);
    Object.assign(this, { hostname, port, timeoutMs });
  }

  send({ method, path, token, body }) {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      authorization: `Bearer ${token}`,
      'request-timeout': String(this.timeoutMs / 1000),
      ...(text && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
    };
    return new Promise((resolve) => {
      const request = http.request({ agent: this.#agent, hostname: this.hostname, port: this.port, method, path, headers });
      const timer = setTimeout(() => request.destroy(), this.timeoutMs);
      const end = (status, seconds = 0) => { clearTimeout(timer); resolve({ status, againMs: 1000 * seconds }); };
      request.on('error', () => end(0));
      request.on('response', (response) => {
        response.on('error', () => end(0));
        response.on('close', () => end(response.complete ? response.statusCode : 0, Number(response.headers['retry-after'] ?? 0)));
        response.resume();
      });
      request.end(text);
    });
  }

  end() {
    this.#agent.destroy();
  }
}

// What became of each request: due and ended in ms on one clock, status, which try it was, and of what kind.
export class Log {
  entries = [];

  note(due, status, attempt = 0, kind = undefined) {
    this.entries.push({ due, end: performance.now(), status, attempt, kind });
  }

  // Of all of them.
  static join(logs) {
    return Object.assign(new Log(), { entries: logs.flatMap(({ entries }) => entries) });
  }

  // The same of one kind only.
  of(kind) {
    return Object.assign(new Log(), { entries: this.entries.filter((entry) => entry.kind === kind) });
  }

  // How many ended well in [begin, end), a second.
  goodput(begin, end) {
    return this.entries.filter((entry) => entry.status === 200 && entry.end >= begin && entry.end < end).length / ((end - begin) / 1000);
  }

  // The time that the share `q` of the good answers took at most, in ms, counted from when each was due.
  latency(q, begin = -Infinity, end = Infinity) {
    const took = this.entries.filter((entry) => entry.status === 200 && entry.end >= begin && entry.end < end)
      .map((entry) => entry.end - entry.due).sort((a, b) => a - b);
    return took.length === 0 ? null : took[Math.min(took.length - 1, Math.ceil(q * took.length) - 1)];
  }

  count(isOne) {
    return this.entries.filter(isOne).length;
  }
}

// Keeps `width` requests under way for so many seconds. `draw()` makes up a request: a function that sends it, and again where it
// is called again, and resolves as Client.send; its `kind` goes into the log.
export async function closedLoop(draw, width, seconds) {
  const log = new Log();
  const end = performance.now() + 1000 * seconds;
  await Promise.all(Array.from({ length: width }, async () => {
    while (performance.now() < end) {
      const due = performance.now();
      const send = draw();
      const { status } = await send();
      log.note(due, status, 0, send.kind);
    }
  }));
  return log;
}

// Sends `rate` requests a second for so many seconds, each when it is due. Whoever gets no answer, or no good one, asks again, up to
// `retries` times: at once, or, `asTold`, when he may. Resolves when the last one has been sent, with { log, answered }: a promise that
// the last answer has come.
export async function openLoop(draw, rate, seconds, { retries = 0, asTold = false } = {}) {
  const log = new Log();
  const begin = performance.now();
  const underWay = new Set();
  const one = async (due) => {
    const send = draw();
    for (let attempt = 0; attempt <= retries; ++attempt) {
      const { status, againMs } = await send();
      log.note(due, status, attempt, send.kind);
      if (status === 200) return;
      if (asTold) await pause(againMs);
    }
  };
  for (let sent = 0; sent < Math.floor(rate * seconds);) {
    const due = Math.min(rate * seconds, (rate * (performance.now() - begin)) / 1000);
    for (; sent < due; ++sent) {
      const promise = one(begin + (1000 * sent) / rate).finally(() => underWay.delete(promise));
      underWay.add(promise);
    }
    await pause(TICK_MS);
  }
  return { log, answered: Promise.all(underWay) };
}

// Seconds from `since` until a whole second of which at least `share` of the `rate` who came got good answers, each in at most `mostMs`;
// null where that does not come. With further tries it is the last one that counts.
export function timeUntilNormal(log, since, { rate, share, mostMs }) {
  const good = log.entries.filter(({ status, due, end }) => status === 200 && end - due <= mostMs).map(({ due }) => due);
  const last = Math.max(...log.entries.map(({ due }) => due));
  for (let begin = since; begin + 1000 <= last; begin += 100) {
    if (good.filter((due) => due >= begin && due < begin + 1000).length >= share * rate) return (begin - since) / 1000;
  }
  return null;
}
