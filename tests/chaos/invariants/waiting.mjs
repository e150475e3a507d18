// Invariant 6: a waiting list is served in order, and an offered place is held until its deadline. And nobody is told that a
// shift is full which is not.

import { groupBy } from './grouping.mjs';

// What nobody becomes who only waited.
const SERVED = ['STATE_CONFIRMED', 'STATE_OFFERED', 'STATE_LAPSED', 'STATE_ATTENDED', 'STATE_PARTIAL', 'STATE_ABSENT', 'STATE_EXCUSED',
  'STATE_SWAPPED'];
const GONE = ['STATE_CANCELLED', 'STATE_LATE_CANCELLED', 'STATE_LAPSED', 'STATE_EXCUSED'];
const GIVEN_UP_BY = ['cancel', 'decline', 'excuse'];
const BEFORE_TOLD = 1000;  // ms: how long who is gone may be seen to be before the giver is told
const PATIENCE = 30e6;  // microseconds that an offer may outlive its deadline, for the sweeper to come by

// Of one moment.
export function orderFaults({ shifts, registrations }) {
  return shifts.flatMap(({ name, capacity, taken, state }) => {
    const listed = registrations.filter((row) => row.shift === name && row.position > 0);
    const waiting = listed.filter((row) => row.state === 'STATE_WAITLISTED');
    const faults = [];
    if (state === 'OPEN' && waiting.length > 0 && taken < capacity) {
      faults.push(`${name} has ${capacity - taken} free places while ${waiting.length} wait`);
    }
    if (new Set(listed.map(({ position }) => position)).size !== listed.length) faults.push(`${name} gave a waiting-list position twice`);
    const lastServed = Math.max(0, ...listed.filter((row) => SERVED.includes(row.state)).map(({ position }) => position));
    for (const row of waiting) {
      if (row.position < lastServed) faults.push(`${row.name} still waits at ${row.position} while ${lastServed} was served`);
    }
    return faults;
  });
}

// Acknowledged sign-ups by request: when the first was sent, when the first answer came, and what it was.
function arrivals(operations) {
  const requests = new Map();
  for (const op of operations) {
    if (op.kind !== 'signUp') continue;
    const key = `${op.volunteer} ${op.shift} ${op.requestId}`;
    const request = requests.get(key) ?? { begin: Infinity, end: Infinity, answer: null };
    request.begin = Math.min(request.begin, op.begin);
    if (op.outcome === 'ok') Object.assign(request, { end: Math.min(request.end, op.end), answer: op.answer });
    requests.set(key, request);
  }
  return [...requests.values()].filter(({ answer }) => answer !== null);
}

// Who was told that he waits before another one asked stands before him, and nobody is let in past him.
function queueFaults(operations, registrations) {
  const rows = new Map(registrations.map((row) => [row.name, row]));
  const faults = [];
  const all = arrivals(operations);
  const waited = all.filter(({ answer }) => answer.state === 'STATE_WAITLISTED');
  for (const { end, answer } of waited) {
    for (const later of all) {
      if (later.begin <= end || later.answer.shift !== answer.shift) continue;
      const position = Number(later.answer.waitlistPosition);
      if (position > 0 && position < Number(answer.waitlistPosition)) {
        faults.push(`${later.answer.name} came after ${answer.name} and stands before it`);
      }
      if (position === 0 && later.answer.state === 'STATE_CONFIRMED' && rows.get(answer.name)?.state === 'STATE_WAITLISTED') {
        faults.push(`${later.answer.name} was let in past ${answer.name}, who waits`);
      }
    }
  }
  return faults;
}

// Every deadline that anybody saw, by registration; more than one is a fault of its own.
function deadlines({ operations, moments, tables }) {
  const seen = new Map();
  const note = (name, time) => {
    if (!seen.has(name)) seen.set(name, new Set());
    seen.get(name).add(time);
  };
  for (const { answer } of operations) {
    if (answer?.state === 'STATE_OFFERED') note(answer.name, Date.parse(answer.offerExpireTime));
  }
  for (const { registrations } of [...moments, tables]) {
    for (const { name, state, offerExpire } of registrations) if (state === 'STATE_OFFERED') note(name, Math.floor(offerExpire / 1000));
  }
  return seen;
}

function offerFaults({ operations, moments, tables }) {
  const faults = [];
  const seen = deadlines({ operations, moments, tables });
  const declined = new Set(operations.filter(({ kind, outcome }) => kind === 'decline' && outcome !== 'failed').map(({ registration }) => registration));
  for (const { name, state, offerExpire, updateTime } of tables.registrations) {
    const times = [...(seen.get(name) ?? [])];
    if (times.length > 1) faults.push(`${name} was offered a place with ${times.length} deadlines`);
    if (state === 'STATE_OFFERED' && offerExpire + PATIENCE < tables.time) {
      faults.push(`${name} is still offered a place, after its deadline`);
    }
    const lapsedEarly = state === 'STATE_LAPSED' && !declined.has(name) && times.some((time) => Math.floor(updateTime / 1000) < time);
    if (lapsedEarly) faults.push(`${name} lost the offered place before its deadline`);
  }
  for (const { kind, outcome, reason, registration, endTime, at } of operations) {
    if (kind !== 'accept' || outcome !== 'failed' || reason !== 'OFFER_LAPSED' || declined.has(registration)) continue;
    const [deadline] = seen.get(registration) ?? [];
    if (deadline > (at ?? endTime)) faults.push(`${registration} was refused the offered place before its deadline`);
  }
  return faults;
}

// Who gave his place or his turn up, by registration: when it was known, at the latest. The giver is told once everybody is
// let in again; who only looks may see it before.
function departures(operations) {
  const left = new Map();
  for (const { kind, outcome, answer, end } of operations) {
    if (outcome !== 'ok' || !GONE.includes(answer?.state)) continue;
    const known = GIVEN_UP_BY.includes(kind) ? end : end + BEFORE_TOLD;
    left.set(answer.name, Math.min(known, left.get(answer.name) ?? Infinity));
  }
  return left;
}

// A shift is full while as many people have places, offers and turns in it as there are, and who is refused is refused for
// what was true while he asked. Everybody counts who may have been there in that time: from when he first asked, or from the
// very first where no answer tells, until he is known to have gone. A place that was handed over is one place: its last
// holder counts for all before him.
function refusalFaults(operations, { shifts, registrations }) {
  const refusals = operations.filter(({ kind, outcome, reason }) => kind === 'signUp' && outcome === 'failed' && reason === 'SHIFT_FULL');
  const came = new Map(arrivals(operations).map(({ answer, begin }) => [answer.name, begin]));
  const left = departures(operations);
  const people = registrations.filter(({ state }) => state !== 'STATE_SWAPPED')
    .map(({ name, shift }) => ({ shift, from: came.get(name) ?? -Infinity, until: left.get(name) ?? Infinity }));
  const rooms = new Map(shifts.map(({ name, capacity, waitlistCapacity }) => [name, capacity + waitlistCapacity]));
  const inShift = groupBy(people, ({ shift }) => shift);
  return refusals.flatMap(({ volunteer, shift, begin, end }) => {
    const there = (inShift.get(shift) ?? []).filter(({ from, until }) => from < end && until >= begin).length;
    const room = rooms.get(shift);
    return there < room ? [`${volunteer} was told that ${shift} is full, where ${there} people at most were for ${room}`] : [];
  });
}

export function waitingFaults({ operations, moments, tables }) {
  return [
    ...orderFaults(tables), ...queueFaults(operations, tables.registrations), ...offerFaults({ operations, moments, tables }),
    ...refusalFaults(operations, tables),
  ];
}
