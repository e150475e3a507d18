// What clients were told about registrations, and whether the final state agrees.

// What a registration may be in the end, by what its volunteer was told last.
const AFTER = {
  STATE_CONFIRMED: ['STATE_CONFIRMED'],
  STATE_WAITLISTED: ['STATE_WAITLISTED', 'STATE_OFFERED'],
  STATE_OFFERED: ['STATE_OFFERED'],
  STATE_CANCELLED: ['STATE_CANCELLED'],
  STATE_LAPSED: ['STATE_LAPSED'],
};
const HOLDS_A_PLACE = ['STATE_CONFIRMED', 'STATE_OFFERED'];

export class History {
  constructor() {
    this.signUps = new Map();  // request id → { volunteer, shift, name }, as acknowledged first
    this.told = new Map();     // registration → the state its volunteer was told last
    this.faults = [];
    this.counts = {};
  }

  count(what) {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }

  // A sign-up was acknowledged, for the first time or again.
  signedUp(volunteer, shift, requestId, registration) {
    const first = this.signUps.get(requestId);
    this.count(first ? 'repeated' : 'signed up');
    if (registration.volunteer !== volunteer || registration.shift !== shift) {
      this.faults.push(`${requestId} of ${volunteer} was answered with ${registration.name} of ${registration.volunteer}`);
    }
    if (!first) {
      this.signUps.set(requestId, { volunteer, shift, name: registration.name });
      this.told.set(registration.name, registration.state);
    } else if (first.name !== registration.name) {
      this.faults.push(`${requestId} was answered with ${first.name}, and repeated with ${registration.name}`);
    }
  }

  isNow(registration, what) {
    this.count(what);
    this.told.set(registration.name, registration.state);
  }
}

// Faults of a roster at any one moment; `shift` is { name, capacity }.
export function overbooked(shift, roster) {
  const taken = roster.filter(({ state }) => HOLDS_A_PLACE.includes(state)).length;
  return taken > shift.capacity ? [`${shift.name} has ${taken} people for ${shift.capacity} places`] : [];
}

function rosterFaults(shift, roster) {
  const faults = overbooked(shift, roster);
  const taken = roster.filter(({ state }) => HOLDS_A_PLACE.includes(state)).length;
  const waiting = roster.filter(({ state }) => state === 'STATE_WAITLISTED');
  const { name, capacity, takenCount, waitlistedCount } = shift;
  if (takenCount !== taken) faults.push(`${name} counts ${takenCount} taken places, its roster ${taken}`);
  if (waitlistedCount !== waiting.length) faults.push(`${name} counts ${waitlistedCount} waiting, its roster ${waiting.length}`);
  if (waiting.length > 0 && taken < capacity) faults.push(`${name} has ${capacity - taken} free places while ${waiting.length} wait`);

  const positions = roster.map(({ waitlistPosition }) => Number(waitlistPosition)).filter((position) => position > 0);
  if (new Set(positions).size !== positions.length) faults.push(`${name} gave a waiting-list position twice`);
  const served = roster.filter(({ state, waitlistPosition }) =>
    Number(waitlistPosition) > 0 && ['STATE_CONFIRMED', 'STATE_OFFERED', 'STATE_LAPSED'].includes(state));
  const lastServed = Math.max(0, ...served.map(({ waitlistPosition }) => Number(waitlistPosition)));
  for (const { name: waits, waitlistPosition } of waiting) {
    if (Number(waitlistPosition) < lastServed) faults.push(`${waits} still waits at ${waitlistPosition} while ${lastServed} was served`);
  }

  const live = roster.filter(({ state }) => HOLDS_A_PLACE.includes(state) || state === 'STATE_WAITLISTED');
  if (new Set(live.map(({ volunteer }) => volunteer)).size !== live.length) faults.push(`somebody is on the roster of ${name} twice`);
  return faults;
}

// All faults of the final state: `rosters` are [{ shift, roster }] of shifts that overlap in time.
export function finalFaults(history, rosters) {
  const faults = [...history.faults, ...rosters.flatMap(({ shift, roster }) => rosterFaults(shift, roster))];
  const all = new Map(rosters.flatMap(({ roster }) => roster.map((registration) => [registration.name, registration])));
  for (const [requestId, { name, volunteer, shift }] of history.signUps) {
    const kept = all.get(name);
    if (!kept) faults.push(`${name} was acknowledged (${requestId}) and is gone`);
    else if (kept.volunteer !== volunteer || kept.shift !== shift) faults.push(`${name} belongs to somebody else now`);
  }
  for (const [name, state] of history.told) {
    const found = all.get(name)?.state;
    if (!(AFTER[state] ?? []).includes(found)) faults.push(`${name}: its volunteer was told ${state}, it is ${found}`);
  }
  const acknowledged = new Set([...history.signUps.values()].map(({ name }) => name));
  for (const name of all.keys()) if (!acknowledged.has(name)) faults.push(`${name} was made for nobody who was told`);

  const confirmed = rosters.flatMap(({ roster }) => roster.filter(({ state }) => state === 'STATE_CONFIRMED'));
  if (new Set(confirmed.map(({ volunteer }) => volunteer)).size !== confirmed.length) faults.push('somebody is confirmed for two shifts at the same time');
  return faults;
}
