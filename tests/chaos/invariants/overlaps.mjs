// Invariant 3: one person is never confirmed for two overlapping shifts, nor in one shift twice, nor credited twice for the
// same minute.

const PLACED = ['STATE_CONFIRMED', 'STATE_ATTENDED', 'STATE_PARTIAL', 'STATE_ABSENT'];
const LIVE = [...PLACED, 'STATE_WAITLISTED', 'STATE_OFFERED'];

// Pairs of one person's items, each { volunteer, start, end }, that share time.
export function overlaps(items) {
  const pairs = [];
  const last = new Map();  // volunteer → the item that ends last so far
  for (const item of [...items].sort((a, b) => a.start - b.start)) {
    const before = last.get(item.volunteer);
    if (before && before.end > item.start) pairs.push([before, item]);
    if (!before || item.end > before.end) last.set(item.volunteer, item);
  }
  return pairs;
}

// Of one moment.
export function overlapFaults({ registrations }) {
  const faults = overlaps(registrations.filter(({ state }) => PLACED.includes(state)))
    .map(([a, b]) => `${a.volunteer} has ${a.name} and ${b.name} at the same time`);
  const seen = new Set();
  for (const { volunteer, shift, state } of registrations) {
    if (!LIVE.includes(state)) continue;
    if (seen.has(volunteer + shift)) faults.push(`${volunteer} is in ${shift} twice`);
    seen.add(volunteer + shift);
  }
  return faults;
}

// The entries that count: the last credit of each registration that nothing has taken back.
export function standing(entries) {
  const last = new Map();
  for (const entry of entries) {
    const before = last.get(entry.registration);
    if (!before || entry.revision > before.revision) last.set(entry.registration, entry);
  }
  return [...last.values()].filter(({ revision }) => revision % 2 === 0);
}

export const creditFaults = ({ entries }) => overlaps(standing(entries))
  .map(([a, b]) => `${a.volunteer} is credited twice: ${a.registration} and ${b.registration} share time`);
