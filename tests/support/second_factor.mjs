// An authenticator app for tests: TOTP (RFC 6238) with SHA-1, six digits, steps of 30 seconds.

import { createHmac } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function fromBase32(text) {
  const bits = [...text].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
}

// The code of the step at `time`, `steps` later.
export function totpCode(secret, time = new Date(), steps = 0) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(time.getTime() / 30000) + steps));
  const digest = createHmac('sha1', fromBase32(secret)).update(counter).digest();
  const offset = digest.at(-1) & 0xf;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1000000).padStart(6, '0');
}

// Enrols a second factor and resolves with its secret; the first good code at a log-in confirms it.
export async function enrol(session, username, password) {
  const { secret } = await session.post('/v1/auth:enrolSecondFactor', { username, password });
  return secret;
}
