// Invariants 1 and 2 for places that change hands: what was proposed and how it was answered stands as it was
// acknowledged; who handed a place over has left it for good, and who took it has it, each exactly once.

import { groupBy, placeOf } from './grouping.mjs';

// How each state is reached: by which operation, of whom.
const ANSWERS = {
  ACCEPTED: { kind: 'takeOver', whose: 'taker' },
  DECLINED: { kind: 'refuse', whose: 'taker' },
  WITHDRAWN: { kind: 'withdraw', whose: 'giver' },
};

// { left, taken }: who left which shift by a handover and who came into which, each a list of { volunteer, shift }.
export function passages(handovers) {
  const [left, taken] = [[], []];
  for (const { giver, taker, shift, wanted, state } of handovers) {
    if (state !== 'ACCEPTED') continue;
    left.push({ volunteer: giver, shift });
    taken.push({ volunteer: taker, shift });
    if (wanted === null) continue;
    left.push({ volunteer: taker, shift: wanted });
    taken.push({ volunteer: giver, shift: wanted });
  }
  return { left, taken };
}

function proposalFaults(operations, handovers) {
  const rows = new Map(handovers.map((row) => [row.name, row]));
  const proposals = operations.filter(({ kind }) => kind === 'propose');
  const told = proposals.filter(({ outcome }) => outcome === 'ok');
  const faults = [];
  for (const { volunteer, registration, body, answer } of told) {
    const row = rows.get(answer.name);
    if (!row) faults.push(`${answer.name} was proposed and is gone`);
    else if (row.giver !== volunteer || row.registration !== registration || row.wanted !== (body.handover.wantedShift ?? null)) {
      faults.push(`${answer.name} is not what was proposed`);
    }
  }
  // What no answer names is of requests whose outcome nobody was told.
  const named = new Set(told.map(({ answer }) => answer.name));
  for (const [registration, unnamed] of groupBy(handovers.filter(({ name }) => !named.has(name)), (row) => row.registration)) {
    const requests = groupBy(proposals.filter((op) => op.registration === registration), ({ requestId }) => requestId);
    const open = [...requests.values()].filter((ops) => ops.some(({ outcome }) => outcome === 'unknown') && !ops.some(({ outcome }) => outcome === 'ok'));
    if (unnamed.length > open.length) faults.push(`${unnamed[0].name}: nobody proposed to hand ${registration} over`);
  }
  return faults;
}

function answerFaults(operations, handovers) {
  const faults = [];
  const byHandover = groupBy(operations.filter(({ handover }) => handover), ({ handover }) => handover);
  for (const row of handovers) {
    const ops = byHandover.get(row.name) ?? [];
    for (const { kind, outcome } of ops) {
      const told = Object.keys(ANSWERS).find((state) => ANSWERS[state].kind === kind);
      if (outcome === 'ok' && row.state !== told) faults.push(`${row.name}: ${kind} was acknowledged, and it is ${row.state}`);
    }
    const { kind, whose } = ANSWERS[row.state] ?? {};
    if (kind && !ops.some((op) => op.kind === kind && op.volunteer === row[whose] && op.outcome !== 'failed')) {
      faults.push(`${row.name} is ${row.state}, and its ${whose} did not do that`);
    }
    if (row.state === 'LAPSED' && row.updateTime < row.expireTime) faults.push(`${row.name} lapsed before its deadline`);
  }
  return faults;
}

// That the taker is there is a matter of what stands there without a sign-up: see acknowledged.mjs.
function leavingFaults(handovers, registrations) {
  const faults = [];
  const rows = new Map(registrations.map((row) => [row.name, row]));
  for (const { state, registration } of handovers) {
    if (state === 'ACCEPTED' && rows.get(registration)?.state !== 'STATE_SWAPPED') {
      faults.push(`${registration} was handed over and is ${rows.get(registration)?.state ?? 'gone'}`);
    }
  }
  const left = groupBy(passages(handovers).left, placeOf);
  const swapped = groupBy(registrations.filter(({ state }) => state === 'STATE_SWAPPED'), placeOf);
  for (const place of new Set([...left.keys(), ...swapped.keys()])) {
    const [made, shown] = [left.get(place)?.length ?? 0, swapped.get(place)?.length ?? 0];
    if (made !== shown) faults.push(`${place} was handed over ${made} times, the rows say ${shown} times`);
  }
  return faults;
}

export function handoverFaults({ operations, tables: { handovers, registrations } }) {
  return [...proposalFaults(operations, handovers), ...answerFaults(operations, handovers), ...leavingFaults(handovers, registrations)];
}
