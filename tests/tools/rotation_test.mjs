// Rotation of keys: nobody uses what another does not know yet, and what is cut off is gone on with.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { test } from 'node:test';
import { readGenerations, retireData, rotateData, writeSecret } from '../../tools/rotation/data.mjs';
import { generationsOf, keyId, retireTokens, rotateTokens } from '../../tools/rotation/tokens.mjs';
import { ROOT, run, scratch } from './support.mjs';

const OWNERS = ['org_svc', 'volunteer_svc'];

function makeKeys(t) {
  const keys = path.join(scratch(t), 'keys');
  assert.equal(run(path.join(ROOT, 'tools/make_keys.sh'), [keys]).status, 0);
  return keys;
}

test('a key is on the disk before it takes its place, and its name after', (t) => {
  const file = path.join(scratch(t), 'data.key');
  const calls = [];
  const { fsyncSync, renameSync } = fs;
  t.mock.method(fs, 'fsyncSync', (descriptor) => {
    calls.push(fs.fstatSync(descriptor).isDirectory() ? 'sync directory' : 'sync file');
    return fsyncSync(descriptor);
  });
  t.mock.method(fs, 'renameSync', (from, to) => {
    calls.push('rename');
    return renameSync(from, to);
  });
  writeSecret(file, 'secret');
  assert.deepEqual(calls, ['sync file', 'rename', 'sync directory']);
  assert.equal(fs.readFileSync(file, 'utf8'), 'secret');
  assert.equal(fs.statSync(file).mode & 0o777, 0o600);
});

// A stand-in for a service: looks at the keys each `every` ms and says so.
async function standIn(t, name, keys, { every = 20, left = () => 0, counted = (since) => since + 3600 } = {}) {
  const state = { seal: 0 };
  const look = () => {
    const data = readGenerations(keys);
    const seal = Math.max(...data.filter(({ known }) => !known).map(({ generation }) => generation));
    const verify = OWNERS.flatMap((owner) => generationsOf(keys, owner, 'verify').map((generation) =>
      keyId(owner, fs.readFileSync(path.join(keys, `${owner}${generation ? `.${generation}` : ''}.verify.pem`)))));
    const newest = generationsOf(keys, name, 'sign').at(-1);
    const sign = keyId(name, fs.readFileSync(path.join(keys, `${name}${newest ? `.${newest}` : ''}.sign.pem`)));
    if (seal !== state.seal) state.since = Date.now() / 1000;
    state.open = data.map(({ generation }) => generation);
    state.seal = seal;
    state.verify = verify;
    state.sign = sign;
    state.text = [
      ...state.open.map((one) => `wenming_data_key_info{generation="${one}",use="open"} 1`),
      `wenming_data_key_info{generation="${seal}",use="seal"} 1`,
      ...verify.map((kid) => `wenming_token_key_info{kid="${kid}",use="verify"} 1`),
      `wenming_token_key_info{kid="${sign}",use="sign"} 1`,
      `wenming_reseal_rows_left{table="volunteers"} ${left()}`,
      `wenming_data_key_seal_time_seconds{generation="${seal}"} ${state.since}`,
      `wenming_reseal_count_time_seconds ${counted(state.since)}`,
    ].join('\n');
  };
  look();
  const timer = setInterval(look, every);
  const server = http.createServer((_, answer) => answer.end(state.text)).listen(0, '127.0.0.1');
  await new Promise((resolve) => { server.once('listening', resolve); });
  t.after(() => { clearInterval(timer); server.close(); });
  return { name, metrics: `http://127.0.0.1:${server.address().port}`, state };
}

test('a data key is known everywhere before anybody seals with it', async (t) => {
  const keys = makeKeys(t);
  const quick = await standIn(t, 'org_svc', keys);
  const slow = await standIn(t, 'volunteer_svc', keys, { every: 400 });
  const watch = setInterval(() => assert.ok(slow.state.open.includes(quick.state.seal), 'sealed by what another cannot open'), 5);
  t.after(() => clearInterval(watch));
  assert.equal(await rotateData(keys, [quick, slow]), 2);
  assert.deepEqual(readGenerations(keys).map(({ generation, known }) => [generation, known]), [[1, false], [2, false]]);
  assert.equal(fs.statSync(path.join(keys, 'data.key')).mode & 0o077, 0);
});

test('a rotation that was cut off is gone on with, not begun again', async (t) => {
  const keys = makeKeys(t);
  const [{ hex }] = readGenerations(keys);
  const waiting = 'ab'.repeat(32);
  fs.writeFileSync(path.join(keys, 'data.key'), `1:${hex}\n~2:${waiting}\n`);
  assert.equal(await rotateData(keys, [await standIn(t, 'org_svc', keys)]), 2);
  assert.deepEqual(readGenerations(keys).map((one) => one.hex), [hex, waiting]);
});

test('an older data key stays as long as a row needs it', async (t) => {
  const keys = makeKeys(t);
  let left = 3;
  const services = [await standIn(t, 'volunteer_svc', keys, { left: () => left })];
  await rotateData(keys, services);
  await assert.rejects(retireData(keys, services, { milliseconds: 300 }), /does not finish re-encrypting/);
  assert.equal(readGenerations(keys).length, 2);
  left = 0;
  assert.deepEqual(await retireData(keys, services), [1]);
  assert.deepEqual(readGenerations(keys).map(({ generation }) => generation), [2]);
  assert.deepEqual(await retireData(keys, services), []);
});

test('what was sealed just before may still be committed after a count that found nothing', async (t) => {
  const keys = makeKeys(t);
  let later = 59;
  const services = [await standIn(t, 'org_svc', keys), await standIn(t, 'volunteer_svc', keys, { counted: (since) => since + later })];
  await rotateData(keys, services);
  await assert.rejects(retireData(keys, services, { longest: 60, milliseconds: 300 }), /volunteer_svc does not finish re-encrypting/);
  assert.equal(readGenerations(keys).length, 2);
  // Run again once there was a later count.
  later = 61;
  assert.deepEqual(await retireData(keys, services, { longest: 60 }), [1]);
});

test('without running services no key goes', async (t) => {
  const keys = makeKeys(t);
  await rotateData(keys, []);
  await assert.rejects(retireData(keys, []), /running services/);
});

test('a token key is known everywhere before its owner signs with it', async (t) => {
  const keys = makeKeys(t);
  const owner = await standIn(t, 'org_svc', keys);
  const other = await standIn(t, 'volunteer_svc', keys, { every: 400 });
  const watch = setInterval(() => assert.ok(other.state.verify.includes(owner.state.sign), 'signed by what another does not know'), 5);
  t.after(() => clearInterval(watch));
  const kids = await rotateTokens(keys, OWNERS, [owner, other]);
  assert.deepEqual([owner.state.sign, other.state.sign], kids);
  assert.deepEqual(generationsOf(keys, 'org_svc', 'sign'), [0, 1]);
});

test('older token keys go when no token can need them', async (t) => {
  const keys = makeKeys(t);
  const services = [await standIn(t, 'org_svc', keys), await standIn(t, 'volunteer_svc', keys)];
  await rotateTokens(keys, OWNERS, services);
  assert.deepEqual(await retireTokens(keys, OWNERS, services), ['org_svc.sign.pem', 'volunteer_svc.sign.pem']);
  assert.deepEqual(generationsOf(keys, 'org_svc', 'verify'), [0, 1]);
  assert.deepEqual(await retireTokens(keys, OWNERS, services, Date.now() + 2 * 3600 * 1000), ['org_svc.verify.pem', 'volunteer_svc.verify.pem']);
  // Making keys again does not bring back what was retired.
  assert.equal(run(path.join(ROOT, 'tools/make_keys.sh'), [keys]).status, 0);
  assert.deepEqual(generationsOf(keys, 'org_svc', 'sign'), [1]);
  assert.deepEqual(generationsOf(keys, 'org_svc', 'verify'), [1]);
});
