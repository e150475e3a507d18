// tools/make_keys.sh: complete, private, and never made twice.

import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { ROOT, run, scratch } from './support.mjs';

const make = (directory) => assert.equal(run(path.join(ROOT, 'tools/make_keys.sh'), [directory]).status, 0);
const contents = (directory) =>
  Object.fromEntries(fs.readdirSync(directory).map((name) => [name, fs.readFileSync(path.join(directory, name), 'utf8')]));

test('every service signs what its public key verifies, with ES256', (t) => {
  const keys = path.join(scratch(t), 'keys');
  make(keys);
  const files = contents(keys);
  for (const service of ['org_svc', 'volunteer_svc', 'activity_svc']) {
    const key = crypto.createPrivateKey(files[`${service}.sign.pem`]);
    assert.equal(key.asymmetricKeyDetails.namedCurve, 'prime256v1');
    const signature = crypto.sign('sha256', Buffer.from('token'), key);
    assert.ok(crypto.verify('sha256', Buffer.from('token'), files[`${service}.verify.pem`], signature));
  }
  const secrets = ['data', 'index', 'check_code', 'page', 'audit'].map((name) => files[`${name}.key`]);
  for (const secret of secrets) assert.match(secret, /^[0-9a-f]{64}\n$/);
  assert.equal(new Set(secrets).size, secrets.length);
});

test('only the owner reads them', (t) => {
  const keys = path.join(scratch(t), 'keys');
  make(keys);
  for (const name of fs.readdirSync(keys)) assert.equal(fs.statSync(path.join(keys, name)).mode & 0o077, 0, name);
});

test('a second run keeps what is there and makes what is missing', (t) => {
  const keys = path.join(scratch(t), 'keys');
  make(keys);
  const before = contents(keys);
  fs.rmSync(path.join(keys, 'page.key'));
  make(keys);
  const after = contents(keys);
  assert.notEqual(after['page.key'], before['page.key']);
  assert.deepEqual({ ...after, 'page.key': '' }, { ...before, 'page.key': '' });
});

test('a public half is made again from the private one, a lost private half is followed by a new pair', (t) => {
  const keys = path.join(scratch(t), 'keys');
  make(keys);
  const first = contents(keys);
  fs.rmSync(path.join(keys, 'certificate.public.pem'));
  make(keys);
  assert.deepEqual(contents(keys), first);

  for (const [name, ending] of [['certificate', 'public'], ['org_svc', 'verify']]) {
    fs.rmSync(path.join(keys, `${name}.sign.pem`));
    make(keys);
    const after = contents(keys);
    assert.equal(after[`${name}.${ending}.pem`], first[`${name}.${ending}.pem`], 'what was signed before is still verified');
    assert.ok(!(`${name}.sign.pem` in after));
    const half = crypto.createPublicKey(after[`${name}.1.sign.pem`]).export({ type: 'spki', format: 'pem' });
    assert.equal(after[`${name}.1.${ending}.pem`], half);
    assert.notEqual(half, first[`${name}.${ending}.pem`]);
    make(keys);
    assert.deepEqual(contents(keys), after);
  }
});
