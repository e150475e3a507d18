// ./wenming verify-certificate: takes what the key has signed and nothing else; the recipe with openssl says the same.

import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { retireCertificates, rotateCertificates } from '../../tools/rotation/certificates.mjs';
import { ROOT, run, scratch } from './support.mjs';

const encode = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

// A folder with keys and a statement that they have signed.
function signed(t) {
  const directory = scratch(t);
  const keys = path.join(directory, 'keys');
  assert.equal(run(path.join(ROOT, 'tools/make_keys.sh'), [keys]).status, 0);
  const key = crypto.createPrivateKey(fs.readFileSync(path.join(keys, 'certificate.sign.pem')));
  const { crv, kty, x } = crypto.createPublicKey(key).export({ format: 'jwk' });
  const kid = `certificate-${crypto.createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url').slice(0, 12)}`;
  const message = `${encode({ alg: 'EdDSA', cty: 'json', kid })}.${encode({ serial: 'HT-2026-000001', minutes: '60' })}`;
  const statement = `${message}.${crypto.sign(null, Buffer.from(message), key).toString('base64url')}`;
  const write = (name, content) => {
    fs.writeFileSync(path.join(directory, name), content);
    return path.join(directory, name);
  };
  const verify = (file, ...args) => run(process.execPath, [path.join(ROOT, 'tools/verify_certificate.mjs'), file, '--run-dir', directory, ...args]);
  return { directory, keys, key, kid, statement, write, verify, jwks: { keys: [{ kty, crv, x, kid }] } };
}

test('a statement is good by the stack\'s keys, by the published ones and by a PEM file', (t) => {
  const { keys, jwks, statement, write, verify } = signed(t);
  const file = write('certificate.jws', `${statement}\n`);
  for (const args of [[], ['--keys', write('keys.json', JSON.stringify(jwks))], ['--keys', path.join(keys, 'certificate.public.pem')]]) {
    const { status, out, err } = verify(file, ...args);
    assert.equal(status, 0, err);
    assert.match(out, /"serial": "HT-2026-000001"/);
    assert.match(out, /the signature is good: HT-2026-000001, fingerprint [0-9A-F]{4}(-[0-9A-F]{4}){3}/);
  }
});

test('a PDF is read for the statement it carries', (t) => {
  const { statement, write, verify } = signed(t);
  assert.equal(verify(write('own.pdf', `%PDF-1.5\n<< /Keywords (${statement}) >>`)).status, 0);
  assert.match(verify(write('copy.pdf', '%PDF-1.5\n<< >>')).err, /carries 0 signed statements/);
});

test('no altered byte is taken, nor another algorithm, key or form', (t) => {
  const { statement, write, verify, kid, directory } = signed(t);
  const [header, payload, signature] = statement.split('.');
  const stranger = crypto.generateKeyPairSync('ed25519').privateKey;
  const resigned = crypto.sign(null, Buffer.from(`${header}.${payload}`), stranger).toString('base64url');
  const cases = [
    `${header}.${encode({ serial: 'HT-2026-000001', minutes: '6000' })}.${signature}`,
    `${encode({ alg: 'none', kid })}.${payload}.`,
    `${encode({ alg: 'ES256', kid })}.${payload}.${signature}`,
    `${encode({ alg: 'EdDSA', kid: 'certificate-other' })}.${payload}.${signature}`,
    `${header}.${payload}.${resigned}`,
    `${statement}.`, `${statement}=`, `${header}.${payload}`, '', 'x',
    ...Array.from({ length: 8 }, (_, i) => {
      const at = Math.floor((i + 0.5) * statement.length / 8);
      return `${statement.slice(0, at)}${statement[at] === 'A' ? 'B' : 'A'}${statement.slice(at + 1)}`;
    }),
  ];
  assert.ok(fs.existsSync(directory));
  for (const [i, text] of cases.entries()) assert.equal(verify(write(`${i}.jws`, text)).status, 1, text);
});

test('the recipe with openssl verifies it too', (t) => {
  const { keys, directory, statement, write } = signed(t);
  const [header, payload, signature] = statement.split('.');
  const message = write('message', `${header}.${payload}`);
  fs.writeFileSync(path.join(directory, 'signature'), Buffer.from(signature, 'base64url'));
  const ask = (file) => run('openssl', ['pkeyutl', '-verify', '-pubin', '-inkey', path.join(keys, 'certificate.public.pem'), '-rawin',
    '-in', file, '-sigfile', path.join(directory, 'signature')]).status;
  assert.equal(ask(message), 0);
  assert.notEqual(ask(write('altered', `${header}.${payload}A`)), 0);
});

test('a rotation gives a new key and keeps the old public one', (t) => {
  const { keys, statement, write, verify } = signed(t);
  const file = write('old.jws', statement);
  assert.equal(rotateCertificates(keys), 1);
  assert.deepEqual(retireCertificates(keys), ['certificate.sign.pem']);
  assert.equal(rotateCertificates(keys), 2);
  assert.equal(verify(file).status, 0);
  assert.deepEqual(fs.readdirSync(keys).filter((name) => name.startsWith('certificate')).sort(),
    ['certificate.1.public.pem', 'certificate.1.sign.pem', 'certificate.2.public.pem', 'certificate.2.sign.pem', 'certificate.public.pem']);
  assert.equal(fs.statSync(path.join(keys, 'certificate.2.sign.pem')).mode & 0o077, 0);
  // A second start makes no first generation beside them.
  assert.equal(run(path.join(ROOT, 'tools/make_keys.sh'), [keys]).status, 0);
  assert.ok(!fs.existsSync(path.join(keys, 'certificate.sign.pem')));
});
