// The loops themselves, with a server that only counts.

import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';
import { Client, Log, closedLoop, openLoop, timeUntilNormal } from './loops.mjs';

test('a closed loop has so many under way, and no more', async () => {
  let now = 0;
  let most = 0;
  const log = await closedLoop(() => async () => {
    most = Math.max(most, ++now);
    await new Promise(setImmediate);
    --now;
    return { status: 200 };
  }, 7, 1);
  assert.equal(most, 7);
  assert.equal(log.count(({ status }) => status === 200), log.entries.length);
});

test('an open loop does not wait for anybody', async () => {
  const waiting = [];
  const { log, answered } = await openLoop(() => () => new Promise((resolve) => { waiting.push(resolve); }), 1000, 0.1);
  assert.equal(waiting.length, 100);
  waiting.forEach((answer) => answer({ status: 200 }));
  await answered;
  assert.equal(log.entries.length, 100);
});

test('who asks again at once sends the same, and stops after so many times, or when it succeeded', async () => {
  const statuses = [503, 429, 200];
  let asked = 0;
  let drawn = 0;
  const { log, answered } = await openLoop(() => { ++drawn; return async () => ({ status: statuses[asked++] }); }, 10, 0.1, { retries: 5 });
  await answered;
  assert.deepEqual(log.entries.map(({ status, attempt }) => [status, attempt]), [[503, 0], [429, 1], [200, 2]]);
  assert.equal(drawn, 1);
  const never = await openLoop(() => async () => ({ status: 503 }), 10, 0.1, { retries: 5 });
  await never.answered;
  assert.equal(never.log.entries.length, 6);
});

test('who does as he is told asks again when he may', async () => {
  const answers = [{ status: 429, againMs: 100 }, { status: 200 }];
  const times = [];
  const draw = () => async () => { times.push(performance.now()); return answers[times.length - 1]; };
  const { answered } = await openLoop(draw, 10, 0.1, { retries: 5, asTold: true });
  await answered;
  assert.equal(times.length, 2);
  assert.ok(times[1] - times[0] >= 99, `${times[1] - times[0]} ms`);
});

test('the log knows rates and latencies', () => {
  const log = new Log();
  log.entries = Array.from({ length: 100 }, (_, i) => ({ due: 10 * i, end: 10 * i + i + 1, status: i % 2 ? 200 : 503, attempt: 0 }));
  assert.equal(log.latency(0.5), 50);
  assert.equal(log.latency(1), 100);
  assert.equal(log.goodput(0, 10000), 5);
  assert.equal(new Log().latency(0.5), null);
});

test('the log tells kinds apart', async () => {
  const kinds = ['read', 'write', 'read'];
  const { log, answered } = await openLoop(() => Object.assign(async () => ({ status: 200 }), { kind: kinds.pop() }), 30, 0.1);
  await answered;
  assert.deepEqual(['read', 'write'].map((kind) => log.of(kind).entries.length), [2, 1]);
  assert.equal(log.of('read').latency(1), Math.max(...log.of('read').entries.map(({ due, end }) => end - due)));
});

test('normal is again when whoever comes in a whole second gets a good and quick answer', () => {
  const log = new Log();
  const come = (due, took, status = 200) => log.entries.push({ due, end: due + took, status, attempt: 0 });
  for (let due = 0; due < 5000; due += 100) come(due, due < 2000 ? 900 : 10, due < 1000 ? 503 : 200);
  assert.equal(timeUntilNormal(log, 0, { rate: 10, share: 0.9, mostMs: 100 }), 1.9);
  assert.equal(timeUntilNormal(log, 0, { rate: 10, share: 0.9, mostMs: 1000 }), 0.9);
  assert.equal(timeUntilNormal(log, 0, { rate: 100, share: 0.9, mostMs: 1000 }), null);
});

test('the client tells the status, and 0 when its time is over', async (t) => {
  const server = http.createServer((request, response) => {
    if (request.url === '/never') return;
    assert.equal(request.headers['request-timeout'], '30');
    request.resume().on('end', () => response.writeHead(request.method === 'POST' ? 429 : 200, request.method === 'POST' ? { 'retry-after': 7 } : {}).end('{}'));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${server.address().port}`;
  const [client, hasty] = [new Client(base, 30000), new Client(base, 50)];
  t.after(() => { client.end(); hasty.end(); server.closeAllConnections?.(); server.close(); });
  assert.deepEqual(await client.send({ method: 'GET', path: '/', token: 't' }), { status: 200, againMs: 0 });
  assert.deepEqual(await client.send({ method: 'POST', path: '/', token: 't', body: { a: 1 } }), { status: 429, againMs: 7000 });
  assert.deepEqual(await hasty.send({ method: 'GET', path: '/never', token: 't' }), { status: 0, againMs: 0 });
});
