// Invariant 2: a sign-up that was acknowledged is there afterwards, or was moved on by an operation of the history; a
// repeated request changes nothing; what nobody was told of may be or not, and nothing is there that nobody asked for.

import { isDeepStrictEqual } from 'node:util';
import { groupBy, placeOf } from './grouping.mjs';
import { passages } from './handovers.mjs';

const OUTCOMES = ['STATE_ATTENDED', 'STATE_PARTIAL', 'STATE_ABSENT', 'STATE_EXCUSED'];
const AFTER_CONFIRMED = ['STATE_CANCELLED', 'STATE_LATE_CANCELLED', 'STATE_SWAPPED', ...OUTCOMES];
const AFTER_OFFERED = ['STATE_CONFIRMED', 'STATE_LAPSED', ...AFTER_CONFIRMED];

// What a registration may be in the end once somebody was told that it is this; what is not named here stays, but for what
// an appeal makes of an outcome.
const LATER = {
  STATE_CONFIRMED: AFTER_CONFIRMED,
  STATE_OFFERED: AFTER_OFFERED,
  STATE_WAITLISTED: ['STATE_OFFERED', ...AFTER_OFFERED],
};
const GRANTED = ['STATE_ATTENDED', 'STATE_PARTIAL'];

// Which operation brings a registration into a state; of the shift where `shift` is said. (For SWAPPED see handovers.mjs.)
const BROUGHT_BY = {
  STATE_CANCELLED: { kind: 'cancel' },
  STATE_LATE_CANCELLED: { kind: 'cancel' },
  STATE_ATTENDED: { kind: 'confirm', shift: true },
  STATE_PARTIAL: { kind: 'confirm', shift: true },
  STATE_ABSENT: { kind: 'confirm', shift: true },
  STATE_EXCUSED: { kind: 'excuse' },
};
// What its own answer leaves for good.
const FINAL = { cancel: ['STATE_CANCELLED', 'STATE_LATE_CANCELLED'], decline: ['STATE_LAPSED'], excuse: ['STATE_EXCUSED'] };

// A request id belongs to its volunteer and names one request of its kind for ever.
function repeatFaults(operations) {
  const faults = [];
  const withId = operations.filter(({ requestId }) => requestId);
  for (const same of groupBy(withId, (op) => `${op.kind} ${op.requestId} ${op.volunteer}`).values()) {
    const id = `${same[0].requestId} of ${same[0].volunteer}`;
    const told = same.filter(({ outcome }) => outcome === 'ok').sort((a, b) => a.end - b.end);
    if (told.length === 0) continue;
    const [first] = told;
    const sameBody = (op) => op.shift === first.shift && op.registration === first.registration && isDeepStrictEqual(op.body, first.body);
    for (const op of told) {
      if (!sameBody(op)) faults.push(`${id} was accepted with two bodies`);
      else if (!isDeepStrictEqual(op.answer, first.answer)) {
        faults.push(`${id} was answered with ${first.answer.name ?? first.kind}, and repeated with ${JSON.stringify(op.answer)}`);
      }
    }
    for (const op of same) {
      // A token that is refused says nothing about the request.
      if (op.outcome === 'failed' && op.status !== 401 && op.begin > first.end && sameBody(op)) {
        faults.push(`${id} was accepted, and its repetition refused (${op.reason})`);
      }
    }
  }
  return faults;
}

function signUpFaults(signUps, rows) {
  const faults = [];
  for (const { requestId, volunteer, shift, answer } of signUps.filter(({ outcome }) => outcome === 'ok')) {
    const row = rows.get(answer.name);
    if (answer.volunteer !== volunteer || answer.shift !== shift) {
      faults.push(`${requestId} of ${volunteer} was answered with ${answer.name} of ${answer.volunteer}`);
    }
    if (!row) faults.push(`${answer.name} was acknowledged (${requestId}) and is gone`);
    else if (row.volunteer !== answer.volunteer || row.shift !== answer.shift) faults.push(`${answer.name} belongs to somebody else now`);
  }
  return faults;
}

// Rows that no answer names are those of requests whose outcome nobody was told, and of places that were taken over.
function uninvitedFaults(signUps, rows, handovers) {
  const named = new Set(signUps.filter(({ outcome }) => outcome === 'ok').map(({ answer }) => answer.name));
  const requests = groupBy(signUps, placeOf);
  const taken = groupBy(passages(handovers).taken, placeOf);
  const uninvited = groupBy([...rows.values()].filter(({ name }) => !named.has(name)), placeOf);
  const faults = [];
  for (const place of new Set([...uninvited.keys(), ...taken.keys()])) {
    const unnamed = uninvited.get(place) ?? [];
    const takenOver = taken.get(place)?.length ?? 0;
    const byId = groupBy(requests.get(place) ?? [], ({ requestId }) => requestId);
    const open = [...byId.values()].filter((ops) => ops.some(({ outcome }) => outcome === 'unknown') && !ops.some(({ outcome }) => outcome === 'ok'));
    if (unnamed.length < takenOver) faults.push(`${place} took ${takenOver} places over and has ${unnamed.length} of them`);
    if (unnamed.length > open.length + takenOver) {
      faults.push(`${unnamed[0].name}: ${place} is there ${unnamed.length - takenOver} times without an answer, asked for ${open.length} times`);
    }
  }
  return faults;
}

// Whether an operation that may have taken place explains the state.
function isExplained(row, byRegistration, operations) {
  const cause = BROUGHT_BY[row.state] ?? (row.state === 'STATE_CONFIRMED' && row.position > 0 ? { kind: 'accept' } : null);
  if (cause === null) return true;
  const candidates = cause.shift ? operations.filter(({ shift }) => shift === row.shift) : (byRegistration.get(row.name) ?? []);
  return candidates.some(({ kind, outcome }) => kind === cause.kind && outcome !== 'failed');
}

export function acknowledgedFaults({ operations, tables }) {
  const rows = new Map(tables.registrations.map((row) => [row.name, row]));
  const signUps = operations.filter(({ kind }) => kind === 'signUp');
  const faults = [...repeatFaults(operations), ...signUpFaults(signUps, rows), ...uninvitedFaults(signUps, rows, tables.handovers)];
  const decided = new Set(operations.filter(({ kind, outcome }) => kind === 'decide' && outcome !== 'failed').map(({ registration }) => registration));
  for (const { kind, outcome, answer } of operations) {
    const row = outcome === 'ok' && answer?.state ? rows.get(answer.name) : undefined;
    if (!row) continue;
    const granted = OUTCOMES.includes(answer.state) && GRANTED.includes(row.state) && decided.has(row.name);
    if (row.state !== answer.state && !LATER[answer.state]?.includes(row.state) && !granted) {
      faults.push(`${row.name}: its volunteer was told ${answer.state}, it is ${row.state}`);
    }
    if (FINAL[kind] && !FINAL[kind].includes(answer.state)) faults.push(`${row.name}: ${kind} was answered with ${answer.state}`);
  }
  const byRegistration = groupBy(operations.filter(({ registration }) => registration), ({ registration }) => registration);
  for (const row of rows.values()) {
    if (!isExplained(row, byRegistration, operations)) faults.push(`${row.name} is ${row.state}, and nobody did that`);
  }
  return faults;
}
