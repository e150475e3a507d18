// Volunteers: registering them and acting as them.

import { Refused } from './session.mjs';
import { onceKnown } from './waiting.mjs';

// Registers a person (as tools/volunteers.mjs draws them) at a unit; null when the ID number or phone is registered.
export async function register(staff, unit, person, requestId) {
  try {
    return await onceKnown(`${unit} to be known`, () =>
      staff.post(`/v1/${unit}/volunteers`, { volunteer: person, ...(requestId && { requestId }) }));
  } catch (error) {
    if (error instanceof Refused && error.status === 409) return null;
    throw error;
  }
}

// A session of the volunteer, by the development log-in.
export async function actAs(session, volunteer) {
  const { accessToken } = await session.post('/v1/auth:development', { volunteer });
  return session.as(accessToken);
}
