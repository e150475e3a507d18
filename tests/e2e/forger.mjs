// Makes access tokens as the services do, and as they never would: with the private keys of a stack's own key folder. Shares
// no code with them.

import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

export const base64url = (bytes) => Buffer.from(bytes).toString('base64url');
export const bytesOf = (part) => Buffer.from(part, 'base64url');

function readKey(folder, service) {
  const key = createPrivateKey(fs.readFileSync(path.join(folder, `${service}.sign.pem`)));
  const publicKey = createPublicKey(key);
  const { crv, kty, x, y } = publicKey.export({ format: 'jwk' });
  const thumbprint = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
  return { key, publicKey, kid: `${service}-${thumbprint.slice(0, 12)}` };
}

// 64 bytes, r and s.
export const es256 = (key, text) => sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' });

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
// The text of an id, as in resource names.
export function idText(id) {
  let rest = BigInt(id);
  let text = '';
  for (let i = 0; i < 13; ++i) {
    text = ALPHABET[Number(rest % 32n)] + text;
    rest /= 32n;
  }
  return text;
}

export class Forger {
  // `claims` are those of a good staff token but its times.
  constructor(folder, claims) {
    this.keys = Object.fromEntries(['org_svc', 'volunteer_svc', 'activity_svc'].map((name) => [name, readKey(folder, name)]));
    this.claims = claims;
    this.now = Math.floor(Date.now() / 1000);
  }

  kid(service = 'org_svc') { return this.keys[service].kid; }

  // The JSON of a good header or payload with some members changed; undefined takes one away.
  header(change = {}) { return JSON.stringify({ alg: 'ES256', typ: 'JWT', kid: this.kid(), ...change }); }
  payload(change = {}) {
    return JSON.stringify({ ...this.claims, iat: this.now, nbf: this.now, exp: this.now + 600, ...change });
  }

  // `header` and `payload` are text or bytes; `by` is the service whose key signs; `signer(text)` signs otherwise.
  token({ header = this.header(), payload = this.payload(), by = 'org_svc', signer } = {}) {
    const text = `${base64url(header)}.${base64url(payload)}`;
    const signature = signer ? signer(text) : es256(this.keys[by].key, text);
    return `${text}.${base64url(signature)}`;
  }
}
