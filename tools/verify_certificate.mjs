#!/usr/bin/env node
// Verifies a certificate without the platform: the signature of its statement (a compact JWS, RFC 7515, EdDSA over Ed25519).

import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Problem, good, run } from './local/problem.mjs';
import { paths } from './local/services.mjs';
import { OPTIONS, runDirOf } from './local/settings.mjs';

const HELP = `usage: ./wenming verify-certificate FILE [--keys KEYS] [--run-dir DIR]

  FILE           the statement (GET /v1/certificates/ID:jws), or the PDF that carries it
  --keys KEYS    the public keys: what GET /v1/certificates:keys answered, or a PEM file; else those of the stack
  --run-dir DIR  of the stack (WENMING_RUN_DIR, .run)

Prints what was signed, to be compared with the paper; exit status 0 only if the signature is good. Whether the certificate
was revoked since, only its public link knows.`;

const STATEMENT = /eyJ[\w-]+\.[\w-]+\.[\w-]{86}/g;

const jwkOf = (pem) => crypto.createPublicKey(pem).export({ format: 'jwk' });

// The public keys in a file, by their ids.
function readKeys(files) {
  const jwks = files.flatMap((file) => {
    const text = fs.readFileSync(file, 'utf8');
    return text.startsWith('-----') ? [jwkOf(text)] : JSON.parse(text).keys;
  });
  return new Map(jwks.map(({ kty, crv, x }) => {
    if (kty !== 'OKP' || crv !== 'Ed25519') throw new Problem('The keys hold one that is not for certificates.');
    const thumbprint = crypto.createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url');
    return [`certificate-${thumbprint.slice(0, 12)}`, crypto.createPublicKey({ key: { kty, crv, x }, format: 'jwk' })];
  }));
}

const stackKeys = (runDir) =>
  fs.readdirSync(paths(runDir).keys).filter((name) => /^certificate(\.\d+)?\.public\.pem$/.test(name)).map((name) => path.join(paths(runDir).keys, name));

function statementIn(file) {
  const content = fs.readFileSync(file, 'latin1');
  const found = [...new Set(content.startsWith('%PDF-') ? content.match(STATEMENT) ?? [] : [content.trim()])];
  if (found.length === 1) return found[0];
  throw new Problem(`${file} carries ${found.length} signed statements instead of one.`, 'Copies that staff print carry none; the person\'s own file does.');
}

// The payload of a statement that one of the keys has signed.
function verified(statement, keys) {
  const [header, payload, signature, ...more] = statement.split('.');
  const parse = (part) => {
    try {
      return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    } catch {
      throw new Problem('This is no signed statement.');
    }
  };
  const { alg, kid } = parse(header);
  const key = keys.get(kid);
  const bytes = Buffer.from(signature ?? '', 'base64url');
  if (key === undefined) throw new Problem(`None of the keys is "${kid}".`, 'Fetch the keys again: GET /v1/certificates:keys.');
  // No other text of the same bytes is taken either.
  const exact = more.length === 0 && bytes.toString('base64url') === signature;
  if (alg !== 'EdDSA' || !exact || !crypto.verify(null, Buffer.from(`${header}.${payload}`), key, bytes)) {
    throw new Problem('The signature is NOT good: this was altered, or not signed by us.');
  }
  return parse(payload);
}

await run(async () => {
  const { values: flags, positionals: [file] } = parseArgs({
    options: { 'run-dir': OPTIONS['run-dir'], keys: { type: 'string' }, help: { type: 'boolean' } },
    allowPositionals: true,
  });
  if (flags.help) return console.log(HELP);
  if (file === undefined) throw new Problem('Which file?', 'See --help.');
  const statement = statementIn(file);
  const certificate = verified(statement, readKeys(flags.keys ? [flags.keys] : stackKeys(runDirOf(flags))));
  const fingerprint = crypto.createHash('sha256').update(statement).digest('hex').slice(0, 16).toUpperCase().match(/.{4}/g).join('-');
  console.log(JSON.stringify(certificate, null, 2));
  good(`the signature is good: ${certificate.serial}, fingerprint ${fingerprint}`);
});
