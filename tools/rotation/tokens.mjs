// Rotates the keys that tokens are signed with: everybody knows the new public key before the first token is signed by it.

import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { writeSecret } from './data.mjs';
import { samples, untilAll } from './metrics.mjs';

// No access token lives longer.
const TOKEN_LIFE_MS = 65 * 60 * 1000;

// The id of a public key among those of a service: what the `kid` of its tokens says (RFC 7638).
export function keyId(service, pem) {
  const { crv, kty, x, y } = crypto.createPublicKey(pem).export({ format: 'jwk' });
  const thumbprint = crypto.createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
  return `${service}-${thumbprint.slice(0, 12)}`;
}

// The generations of a service's files with that ending, ascending; 0 is the file without one.
export function generationsOf(keys, service, ending) {
  const form = new RegExp(`^${service}(?:\\.(\\d+))?\\.${ending}\\.pem$`);
  return fs.readdirSync(keys).map((name) => form.exec(name)).filter(Boolean).map(([, generation]) => Number(generation ?? 0)).sort((a, b) => a - b);
}

const fileOf = (keys, service, generation, ending) =>
  path.join(keys, `${service}${generation === 0 ? '' : `.${generation}`}.${ending}.pem`);

const shows = (kid, use) => async (service) =>
  (await samples(service, 'wenming_token_key_info')).some(({ labels }) => labels.kid === kid && labels.use === use);

// Gives one service a new key; `services` are all that verify. The private half waits beside its place, so that a rotation
// that was cut off is gone on with.
async function rotateOne(keys, owner, services) {
  const generation = Math.max(...generationsOf(keys, owner, 'sign')) + 1;
  const sign = fileOf(keys, owner, generation, 'sign');
  const verify = fileOf(keys, owner, generation, 'verify');
  const waiting = `${sign}.waiting`;
  if (!fs.existsSync(waiting)) {
    const { privateKey } = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writeSecret(waiting, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  }
  const pem = crypto.createPublicKey(fs.readFileSync(waiting, 'utf8')).export({ type: 'spki', format: 'pem' });
  writeSecret(verify, pem);
  const kid = keyId(owner, pem);
  await untilAll(services, `know the new key of ${owner}`, shows(kid, 'verify'));
  fs.renameSync(waiting, sign);
  await untilAll(services.filter(({ name }) => name === owner), 'sign with its new key', shows(kid, 'sign'));
  return kid;
}

// Resolves with the ids of the new keys.
export async function rotateTokens(keys, owners, services) {
  const kids = [];
  for (const owner of owners) kids.push(await rotateOne(keys, owner, services));
  return kids;
}

// Removes what no token needs any more: older private halves where the newest is in use, and older public ones once the
// newest has signed for longer than a token lives. Resolves with the names of the files that went.
export async function retireTokens(keys, owners, services, now = Date.now()) {
  const gone = [];
  for (const owner of owners) {
    const newest = generationsOf(keys, owner, 'sign').at(-1);
    const kid = keyId(owner, fs.readFileSync(fileOf(keys, owner, newest, 'verify'), 'utf8'));
    await untilAll(services.filter(({ name }) => name === owner), 'sign with its newest key', shows(kid, 'sign'));
    const old = now - fs.statSync(fileOf(keys, owner, newest, 'sign')).ctimeMs > TOKEN_LIFE_MS;
    for (const ending of old ? ['sign', 'verify'] : ['sign']) {
      for (const generation of generationsOf(keys, owner, ending).filter((one) => one < newest)) {
        const file = fileOf(keys, owner, generation, ending);
        fs.rmSync(file);
        gone.push(path.basename(file));
      }
    }
  }
  return gone;
}
