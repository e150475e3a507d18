// Invariant 6: a waiting list is served in order, and an offered place is held until its deadline.

// What nobody becomes who only waited.
const SERVED = ['STATE_CONFIRMED', 'STATE_OFFERED', 'STATE_LAPSED', 'STATE_ATTENDED', 'STATE_PARTIAL', 'STATE_ABSENT', 'STATE_EXCUSED',
  'STATE_SWAPPED'];
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

export function waitingFaults({ operations, moments, tables }) {
  return [...orderFaults(tables), ...queueFaults(operations, tables.registrations), ...offerFaults({ operations, moments, tables })];
}
