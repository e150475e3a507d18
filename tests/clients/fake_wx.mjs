// Stands in for WeChat's `wx`: requests wait until the test answers them.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

const { createClient } = createRequire(import.meta.url)('../../clients/wechat/request.js');

// Lets everything run that only waits for promises.
export const settled = () => new Promise((resolve) => { setImmediate(resolve); });

export class FakeWx {
  constructor() {
    this.storage = new Map();
    this.open = []; // requests that wait for their answer, oldest first
    this.sent = 0;
    this.most = 0; // open at the same moment
  }

  getStorageSync(key) { return this.storage.get(key) ?? ''; }
  setStorageSync(key, value) { this.storage.set(key, structuredClone(value)); }
  removeStorageSync(key) { this.storage.delete(key); }

  request(options) {
    assert.ok(['GET', 'POST', 'PUT', 'DELETE'].includes(options.method), `wx.request knows no ${options.method}`);
    const entry = { ...options, path: options.url.replace('https://api.example', '') };
    this.open.push(entry);
    this.sent += 1;
    this.most = Math.max(this.most, this.open.length);
    return { abort: () => { if (this.#take(entry)) entry.fail({ errMsg: 'request:fail abort' }); } };
  }

  #take(entry) {
    const index = this.open.indexOf(entry);
    if (index >= 0) this.open.splice(index, 1);
    return index >= 0;
  }

  // Answers the oldest open request, and resolves when the client has done what follows from it.
  async answer(statusCode, data = {}, header = {}) {
    const entry = this.open.shift();
    assert.ok(entry, 'no request is open');
    entry.success({ statusCode, data, header });
    await settled();
    return entry;
  }

  async fail(errMsg = 'request:fail net::ERR_INTERNET_DISCONNECTED') {
    const entry = this.open.shift();
    assert.ok(entry, 'no request is open');
    entry.fail({ errMsg });
    await settled();
    return entry;
  }
}

export const tokens = (n) => ({ accessToken: `access-${n}`, refreshToken: `refresh-${n}` });

// A client with its wx, whose pauses are over at once but are noted down.
export function client(options = {}) {
  const wx = new FakeWx();
  const pauses = [];
  const ended = [];
  const api = createClient({
    baseUrl: 'https://api.example',
    wx,
    setTimeout: (run, milliseconds) => { pauses.push(milliseconds); queueMicrotask(run); },
    onSignedOut: (error) => ended.push(error.reason),
    ...options,
  });
  return { api, wx, pauses, ended };
}

// Resolves with the error that a promise is rejected with.
export const errorOf = (promise) => promise.then((value) => assert.fail(`resolved with ${JSON.stringify(value)}`), (error) => error);
