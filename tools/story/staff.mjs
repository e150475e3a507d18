// Staff: logging in, and the accounts of the demo.

import { randomBytes } from 'node:crypto';
import { Refused } from './session.mjs';
import { onceKnown } from './waiting.mjs';

// A session of a member of staff; `totpCode` where a second factor is enrolled.
export async function logIn(session, username, password, totpCode) {
  const { tokens } = await session.post('/v1/auth:password', { username, password, totpCode, device: 'wenming tools' });
  return session.as(tokens.accessToken);
}

// A password for once: it has every kind of character.
const temporaryPassword = () => `${randomBytes(12).toString('base64url')}-aA1`;

// Creates the account with its own password, unless the user name is taken: the creator sets a temporary one, which its
// owner must change before the first log-in.
export async function ensureAccount(creator, { login, displayName, role, unit, password }) {
  const temporary = temporaryPassword();
  const body = { username: login, displayName, password: temporary, binding: { role, unit } };
  try {
    await onceKnown(`${unit} to be known`, () => creator.post('/v1/staff', body));
  } catch (error) {
    if (error instanceof Refused && error.status === 409) return false;
    throw error;
  }
  await creator.as('').post('/v1/auth:changePassword', { username: login, password: temporary, newPassword: password });
  return true;
}
