// Staff: logging in, and the accounts of the demo.

import { Refused } from './session.mjs';
import { onceKnown } from './waiting.mjs';

// A session of a member of staff.
export async function logIn(session, username, password) {
  const { accessToken } = await session.post('/v1/auth:password', { username, password });
  return session.as(accessToken);
}

// Creates the account unless the user name is taken.
export async function ensureAccount(creator, { login, displayName, role, unit, password }) {
  const body = { username: login, displayName, password, binding: { role, unit } };
  try {
    await onceKnown(`${unit} to be known`, () => creator.post('/v1/staff', body));
    return true;
  } catch (error) {
    if (error instanceof Refused && error.status === 409) return false;
    throw error;
  }
}
