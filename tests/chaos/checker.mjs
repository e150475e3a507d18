// Replays a history against what stands in the tables: which of the invariants 1–6 of docs/domain.md does not hold?

import { acknowledgedFaults } from './invariants/acknowledged.mjs';
import { amendmentFaults, appealFaults } from './invariants/appeals.mjs';
import { chainFaults } from './invariants/chains.mjs';
import { handoverFaults } from './invariants/handovers.mjs';
import { hourFaults } from './invariants/hours.mjs';
import { creditFaults, overlapFaults } from './invariants/overlaps.mjs';
import { placeFaults } from './invariants/places.mjs';
import { orderFaults, waitingFaults } from './invariants/waiting.mjs';

const numbered = (invariant, faults) => faults.map((what) => ({ invariant, what }));

// Faults of what was committed at one moment, while all is under way: { shifts, registrations }.
export function momentFaults(moment) {
  return [...numbered(1, placeFaults(moment)), ...numbered(3, overlapFaults(moment)), ...numbered(6, orderFaults(moment))];
}

// All faults, each { invariant: 1…6, what }:
//   operations   of History
//   moments      of readMoment, in order
//   tables       of readTables, when all is at rest
//   poison       cursors in activity_svc's stream of events that nobody can apply
//   verdicts     [{ what, ok, told }] of the commands that verify the chains
export function findFaults({ operations, moments = [], tables, poison = [], verdicts = [] }) {
  const faults = [
    ...moments.flatMap(momentFaults),
    ...numbered(1, placeFaults(tables)),
    ...numbered(2, [acknowledgedFaults, handoverFaults, appealFaults].flatMap((faultsOf) => faultsOf({ operations, tables }))),
    ...numbered(3, [...overlapFaults(tables), ...creditFaults(tables)]),
    ...numbered(4, [...hourFaults({ operations, tables, poison }), ...amendmentFaults({ operations, tables })]),
    ...numbered(5, chainFaults(tables, verdicts)),
    ...numbered(6, waitingFaults({ operations, moments, tables })),
  ];
  const seen = new Set();
  return faults.filter(({ invariant, what }) => !seen.has(invariant + what) && seen.add(invariant + what));
}
