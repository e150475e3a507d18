// Volunteers: registering them and acting as them.

import { ageOf, guardianOf } from '../volunteers.mjs';
import { Refused } from './session.mjs';
import { onceKnown } from './waiting.mjs';

const ADULT = ['KIND_PERSONAL_DATA', 'KIND_SENSITIVE_DATA'];
const MINOR = [...ADULT, 'KIND_GUARDIAN'];
const CHILD = [...MINOR, 'KIND_CHILD_RULES'];

// The consent documents in force where the unit is: the name of each kind.
export async function consentDocuments(session, unit) {
  const { consentDocuments: documents } = await onceKnown(`${unit} to be known`, () => session.get(`/v1/${unit}/consentDocuments`));
  return new Map(documents.map(({ kind, name }) => [kind, name]));
}

// What CreateVolunteer takes for a person (as tools/volunteers.mjs draws them) who has signed what his age needs.
export function formOf(person, documents) {
  const age = ageOf(person);
  const kinds = age >= 18 ? ADULT : age >= 14 ? MINOR : CHILD;
  return {
    volunteer: person,
    consentDocuments: kinds.map((kind) => documents.get(kind)),
    ...(age < 18 && { guardian: guardianOf(person) }),
  };
}

// Registers a person at a unit; null when the ID number or phone is registered. `documents` saves asking for them.
export async function register(staff, unit, person, { requestId, documents } = {}) {
  const form = formOf(person, documents ?? (await consentDocuments(staff, unit)));
  try {
    return await onceKnown(`${unit} to be known`, () =>
      staff.post(`/v1/${unit}/volunteers`, { ...form, ...(requestId && { requestId }) }));
  } catch (error) {
    if (error instanceof Refused && error.status === 409) return null;
    throw error;
  }
}

// A session of the volunteer, by the development log-in.
export async function actAs(session, volunteer) {
  const { tokens: { accessToken } } = await session.post('/v1/auth:development', { volunteer });
  return session.as(accessToken);
}
