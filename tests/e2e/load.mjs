// Calls that are made again and again, each kind by a caller of its own: what a platform in use looks like to who restarts it.

import http from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../tools/story/waiting.mjs';

const PAUSE_MS = 5;  // between two calls of a caller, so that something is left for those who start

export class Load {
  failures = [];  // what was said, with the kind before it
  #good;
  #callers;
  #stopped = false;

  // `calls`: functions by name, which reject where a call fails.
  constructor(calls) {
    this.#good = Object.fromEntries(Object.keys(calls).map((name) => [name, 0]));
    this.#callers = Object.entries(calls).map(([name, call]) => this.#repeat(name, call));
  }

  // Until each kind of call has succeeded so often from now on, or one has failed.
  async flows(times) {
    const goals = Object.entries(this.#good).map(([name, count]) => [name, count + times]);
    const missing = () => goals.filter(([name, goal]) => this.#good[name] < goal);
    await until('calls of each kind to be answered', () => this.failures.length > 0 || missing().length === 0);
  }

  async stop() {
    this.#stopped = true;
    await Promise.all(this.#callers);
  }

  async #repeat(name, call) {
    while (!this.#stopped) {
      try {
        await call();
        ++this.#good[name];
      } catch (error) {
        this.failures.push(`${name}: ${error.message}`);
      }
      await pause(PAUSE_MS);
    }
  }
}

// Speaks HTTP/1.1 on connections that it keeps, and sends nothing twice by itself: a request that was lost is seen to be.
export class Client {
  #base;
  #agent = new http.Agent({ keepAlive: true });

  constructor(base) {
    this.#base = base;
  }

  // The answer; rejects where there is none, or its status is not 200. With a `key` a change may be made twice.
  async call(method, target, { token, key, body } = {}) {
    const headers = {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(key && { 'idempotency-key': key }),
      ...(body && { 'content-type': 'application/json' }),
    };
    const { status, text } = await this.#send(method, target, headers, body && JSON.stringify(body));
    if (status !== 200) throw new Error(`${method} ${target} → ${status} ${text}`);
    return JSON.parse(text);
  }

  close() {
    this.#agent.destroy();
  }

  #send(method, target, headers, body) {
    return new Promise((resolve, reject) => {
      const request = http.request(this.#base + target, { agent: this.#agent, method, headers }, (answer) => {
        const chunks = [];
        answer.on('data', (chunk) => chunks.push(chunk));
        answer.on('end', () => resolve({ status: answer.statusCode, text: Buffer.concat(chunks).toString() }));
        answer.on('error', reject);
      });
      request.on('error', reject);
      request.end(body);
    });
  }
}
