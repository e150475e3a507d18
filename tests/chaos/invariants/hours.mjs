// Invariant 4: settled hours reach the volunteer's ledger exactly once; every balance equals the sum of its entries.

import { standing } from './overlaps.mjs';

// From the settled shifts into the stream: every presence that counts is told of.
function streamFaults({ shifts, presences, events }) {
  const settled = new Set(shifts.filter(({ state }) => state === 'SETTLED').map(({ name }) => name));
  const told = new Map(events.filter(({ kind, revision }) => kind === 'settled' && revision === 0).map((event) => [event.registration, event]));
  const faults = [];
  for (const { registration, shift, state, minutes } of presences) {
    const counts = settled.has(shift) && state === 'CONFIRMED' && minutes > 0;
    if (counts && told.get(registration)?.minutes !== minutes) {
      faults.push(`${registration} was settled with ${minutes} minutes, and nobody was told so`);
    }
    if (!settled.has(shift) && told.has(registration)) faults.push(`${registration} was told of before its shift was settled`);
  }
  return faults;
}

// From the stream into the ledger. Events with the revision of one before repeat it.
function ledgerFaults({ events, entries }) {
  const expected = new Map();
  for (const { kind, registration, volunteer, revision, minutes } of events) {
    if (kind === 'unreadable') continue;
    const before = expected.get(registration);
    if (!before || revision > before.revision) {
      expected.set(registration, { volunteer, revision, minutes: kind === 'settled' ? minutes : 0 });
    }
  }
  const credited = new Map(standing(entries).map((entry) => [entry.registration, entry]));
  const faults = [];
  for (const [registration, { volunteer, minutes }] of expected) {
    const entry = credited.get(registration);
    if ((entry?.minutes ?? 0) !== minutes) {
      faults.push(`${registration} has ${entry?.minutes ?? 0} minutes in the ledger, ${minutes} were settled`);
    }
    else if (entry && entry.volunteer !== volunteer) faults.push(`${registration} of ${volunteer} was credited to ${entry.volunteer}`);
  }
  for (const registration of credited.keys()) {
    if (!expected.has(registration)) faults.push(`${registration} is credited, and nobody settled it`);
  }
  const seen = new Set();
  for (const { registration, revision } of entries) {
    const key = `${registration} (revision ${revision})`;
    if (seen.has(key)) faults.push(`${key} is in the ledger twice`);
    seen.add(key);
  }
  return faults;
}

function balanceFaults({ accounts, entries }) {
  const faults = [];
  for (const { volunteer, sequence, balance } of accounts) {
    const own = entries.filter((entry) => entry.volunteer === volunteer).sort((a, b) => a.sequence - b.sequence);
    let sum = 0;
    for (const [i, entry] of own.entries()) {
      sum += entry.minutes;
      if (entry.sequence !== i + 1) faults.push(`${volunteer}: a gap in the sequence before ${entry.sequence}`);
      if (entry.balance !== sum) faults.push(`${volunteer}: the balance of entry ${entry.sequence} is no sum`);
    }
    if (balance !== sum) faults.push(`${volunteer} has a balance of ${balance}, the entries sum up to ${sum}`);
    if (sequence !== own.length) faults.push(`${volunteer} counts ${sequence} entries and has ${own.length}`);
  }
  return faults;
}

// `poison`: the cursors of events in activity_svc's stream that nobody can apply.
export function hourFaults({ tables, poison }) {
  const parked = tables.parked.filter(({ by, cursor }) => by !== 'volunteer_svc' || !poison.includes(cursor))
    .map(({ by, from, cursor }) => `${by} parked event ${cursor} of ${from}`);
  const overlooked = poison.filter((cursor) => !tables.parked.some((event) => event.by === 'volunteer_svc' && event.cursor === cursor))
    .map((cursor) => `event ${cursor} cannot be applied and is not parked`);
  return [...parked, ...overlooked, ...streamFaults(tables), ...ledgerFaults(tables), ...balanceFaults(tables)];
}
