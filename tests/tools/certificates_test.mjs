// tools/make_certificates.sh: an authority, the edge's certificate, and one for a back end with its thumbprint.

import assert from 'node:assert/strict';
import { X509Certificate, createHash, createPrivateKey } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { ROOT, run, scratch } from './support.mjs';

test('makes certificates of one authority, once, and prints a client’s thumbprint', (t) => {
  const directory = scratch(t);
  const make = (...clients) => run(path.join(ROOT, 'tools/make_certificates.sh'), [directory, ...clients]);
  const certificate = (name) => new X509Certificate(fs.readFileSync(path.join(directory, `${name}.pem`)));
  const { status, out } = make('app');
  assert.equal(status, 0);
  const authority = certificate('ca');
  for (const name of ['edge', 'app']) {
    const issued = certificate(name);
    assert.ok(issued.verify(authority.publicKey) && !issued.ca, name);
    assert.ok(issued.checkPrivateKey(createPrivateKey(fs.readFileSync(path.join(directory, `${name}.key`)))), name);
    assert.equal(fs.statSync(path.join(directory, `${name}.key`)).mode & 0o077, 0, name);
  }
  assert.equal(certificate('edge').checkHost('localhost'), 'localhost');
  assert.deepEqual(certificate('app').keyUsage, ['1.3.6.1.5.5.7.3.2']);
  assert.equal(out.trim(), createHash('sha256').update(certificate('app').raw).digest('base64url'));

  assert.equal(make('app', 'other').out.split('\n')[0], out.trim());
  assert.notEqual(make('../app').status, 0);
  assert.notEqual(make('ca').status, 0);
});
