// The proxy of the chaos tests between a client and a server that only count statements.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { until } from '../../tools/story/waiting.mjs';
import { DatabaseProxy } from './database_proxy.mjs';

const statement = (text) => {
  const body = Buffer.concat([Buffer.from([3]), Buffer.from(text)]);
  const head = Buffer.alloc(4);
  head.writeUIntLE(body.length, 0, 3);
  return Buffer.concat([head, body]);
};

// A server that answers every statement it gets, behind a proxy: { proxy, got, ask(text, pieces), end }.
async function setting(t) {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'wenming-'));
  const got = [];
  const server = net.createServer((socket) => {
    let rest = Buffer.alloc(0);
    const next = () => 4 + (rest.length >= 4 ? rest.readUIntLE(0, 3) : 0);
    socket.on('error', () => {}).on('data', (bytes) => {
      rest = Buffer.concat([rest, bytes]);
      for (let end = next(); rest.length >= end; end = next()) {
        got.push(rest.subarray(5, end).toString());
        rest = rest.subarray(end);
        socket.write('answer');
      }
    });
  });
  await new Promise((resolve) => server.listen(path.join(directory, 'server'), resolve));
  const proxy = new DatabaseProxy(path.join(directory, 'server'), path.join(directory, 'proxy'));
  await proxy.start();
  t.after(async () => {
    await proxy.stop();
    await new Promise((resolve) => server.close(resolve));
    fs.rmSync(directory, { recursive: true });
  });
  // Resolves with the answer, or with null when the connection was cut.
  const ask = (text, split = 0) => new Promise((resolve, reject) => {
    const client = net.connect(proxy.socket);
    client.on('error', reject);
    client.once('data', (answer) => { client.destroy(); resolve(answer.toString()); });
    client.once('end', () => { client.destroy(); resolve(null); });
    const bytes = statement(text);
    if (split === 0) return client.write(bytes);
    client.write(bytes.subarray(0, split));
    return setImmediate(() => client.write(bytes.subarray(split)));
  });
  return { proxy, got, ask };
}

test('what is no COMMIT passes, and a COMMIT when nothing is to be lost', async (t) => {
  const { proxy, got, ask } = await setting(t);
  assert.equal(await ask('COMMIT'), 'answer');
  proxy.loseNext('before');
  assert.equal(await ask('SELECT 1'), 'answer');
  assert.equal(await ask("SELECT 'COMMIT' FROM t"), 'answer');
  assert.deepEqual(proxy.lost, { before: 0, after: 0 });
  assert.deepEqual(got, ['COMMIT', 'SELECT 1', "SELECT 'COMMIT' FROM t"]);
});

test('lost before: the server never gets it', async (t) => {
  const { proxy, got, ask } = await setting(t);
  proxy.loseNext('before');
  assert.equal(await ask('COMMIT'), null);
  assert.equal(await ask('COMMIT'), 'answer');
  assert.deepEqual(got, ['COMMIT']);
  assert.deepEqual(proxy.lost, { before: 1, after: 0 });
});

test('lost after: the server gets it, also in pieces, and its answer is lost', async (t) => {
  const { proxy, got, ask } = await setting(t);
  proxy.loseNext('after');
  assert.equal(await ask('UPDATE t SET a = 1; COMMIT', 7), null);
  assert.deepEqual(got, ['UPDATE t SET a = 1; COMMIT']);
  assert.deepEqual(proxy.lost, { before: 0, after: 1 });
});

test('slow: a statement is on its way for as long as was said, and what comes when that is over is not', async (t) => {
  const { proxy, got, ask } = await setting(t);
  proxy.delayStatements(3600000);
  const slow = ask('SELECT 1');
  slow.catch(() => {});
  await until('the statement to be held back', () => proxy.delayed === 1);
  proxy.delayStatements(20);
  assert.equal(await ask('SELECT 2'), 'answer');
  proxy.delayStatements(0);
  assert.equal(await ask('SELECT 3'), 'answer');
  assert.deepEqual(got, ['SELECT 2', 'SELECT 3']);
});

test('slow: what one connection sends behind a slow statement stays behind it', async (t) => {
  const { proxy, got } = await setting(t);
  proxy.delayStatements(40);
  const client = net.connect(proxy.socket);
  t.after(() => client.destroy());
  client.write(Buffer.concat(['SELECT 1', 'SELECT 2', 'SELECT 3'].map(statement)));
  const answered = new Promise((resolve) => {
    let bytes = 0;
    client.on('data', (piece) => { if ((bytes += piece.length) === 3 * 'answer'.length) resolve(); });
  });
  await answered;
  assert.deepEqual(got, ['SELECT 1', 'SELECT 2', 'SELECT 3']);
});
