// Invariant 4: settled hours reach the volunteer's ledger exactly once; every balance equals the sum of its entries.

import { grantsOf } from './appeals.mjs';
import { groupBy } from './grouping.mjs';
import { standing } from './overlaps.mjs';

const KINDS = ['settled', 'reversed'];  // by turns

// What the stream told of each registration: its events by revision, without repetitions.
function tellings(events) {
  const told = groupBy(events.filter(({ kind }) => kind !== 'unreadable'), ({ registration }) => registration);
  for (const [registration, all] of told) {
    const byRevision = new Map(all.map((event) => [event.revision, event]));
    told.set(registration, [...byRevision.values()].sort((a, b) => a.revision - b.revision));
  }
  return told;
}

// From the settled shifts into the stream: every presence that counts is told of, unless it was taken back.
function streamFaults({ shifts, presences }, told, reversals) {
  const settled = new Set(shifts.filter(({ state }) => state === 'SETTLED').map(({ name }) => name));
  const faults = [];
  for (const { registration, shift, state, minutes } of presences) {
    if (!settled.has(shift)) {
      if (told.has(registration)) faults.push(`${registration} was told of before its shift was settled`);
      continue;
    }
    const due = ['CONFIRMED', 'CORRECTED'].includes(state) ? minutes : 0;
    const last = told.get(registration)?.at(-1);
    const stands = last?.kind === 'settled' ? last.minutes : 0;
    const takenBack = last?.kind === 'reversed' && reversals.has(registration);
    if (stands === due || takenBack) continue;
    faults.push(`${registration} was settled with ${due} minutes, and ${stands === 0 ? 'nobody was told so' : `${stands} were told`}`);
  }
  return faults;
}

// Hours are taken back as often as somebody asked for it: himself, or by a decision that grants something else.
function reversalFaults({ appeals }, told, reversals) {
  const decided = new Map(appeals.map((appeal) => [appeal.registration, grantsOf(appeal)]));
  const faults = [];
  for (const [registration, events] of told) {
    if (events.some(({ revision, kind }, i) => revision !== i || kind !== KINDS[i % 2])) {
      faults.push(`${registration} was told of with the revisions ${events.map(({ revision }) => revision)}`);
    }
    const times = events.filter(({ kind }) => kind === 'reversed').length;
    const asked = (reversals.get(registration)?.length ?? 0) + (decided.get(registration) ?? 0);
    if (times > asked) faults.push(`${registration} was taken back ${times} times, asked for ${asked} times`);
  }
  for (const [registration, all] of reversals) {
    const revisions = all.filter(({ outcome }) => outcome === 'ok').map(({ answer }) => answer.revision);
    if (new Set(revisions).size !== revisions.length) faults.push(`${registration}: one reversal was acknowledged to two people`);
    for (const revision of revisions) {
      const isTold = told.get(registration)?.some((event) => event.revision === revision && event.kind === 'reversed');
      if (!isTold) faults.push(`${registration}: its reversal (revision ${revision}) was acknowledged, and nobody was told so`);
    }
  }
  return faults;
}

// Each revision takes back exactly the one before it, or credits anew.
function revisionFaults(entries) {
  const faults = [];
  for (const [registration, all] of groupBy(entries, (entry) => entry.registration)) {
    const ordered = [...all].sort((a, b) => a.revision - b.revision);
    for (const [i, { revision, minutes }] of ordered.entries()) {
      const wanted = i === 0 ? 0 : ordered[i - 1].revision + 1;
      if (revision > wanted) faults.push(`${registration} lacks the revision ${wanted} in the ledger`);
      if (revision % 2 === 1 && revision === wanted && minutes !== -ordered[i - 1].minutes) {
        faults.push(`${registration}: the revision ${revision} takes ${-minutes} minutes back, ${ordered[i - 1].minutes} were credited`);
      }
    }
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
  const faults = revisionFaults(entries);
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
export function hourFaults({ operations, tables, poison }) {
  const parked = tables.parked.filter(({ by, cursor }) => by !== 'volunteer_svc' || !poison.includes(cursor))
    .map(({ by, from, cursor }) => `${by} parked event ${cursor} of ${from}`);
  const overlooked = poison.filter((cursor) => !tables.parked.some((event) => event.by === 'volunteer_svc' && event.cursor === cursor))
    .map((cursor) => `event ${cursor} cannot be applied and is not parked`);
  const told = tellings(tables.events);
  const reversals = groupBy(operations.filter(({ kind, outcome }) => kind === 'reverse' && outcome !== 'failed'), ({ registration }) => registration);
  return [...parked, ...overlooked, ...streamFaults(tables, told, reversals), ...reversalFaults(tables, told, reversals),
    ...ledgerFaults(tables), ...balanceFaults(tables)];
}
