// Invariants 2 and 4 for hours that are contested: an appeal and its decisions stand as they were acknowledged, each made
// once; and what was decided last is what the presence says.

import { groupBy } from './grouping.mjs';

const NONE = 'OUTCOME_UNSPECIFIED';
const grants = ({ outcome }) => outcome === 'OUTCOME_UPHELD' || outcome === 'OUTCOME_AMENDED';
const sameMove = (a, b) => a.from === b?.from && a.to === b.to && (a.outcome ?? NONE) === b.outcome;
const sameTimes = ({ checkInTime, checkOutTime }, presence) => Date.parse(checkInTime) === Date.parse(presence.checkInTime)
  && Date.parse(checkOutTime) === Date.parse(presence.checkOutTime);

// How many decisions that grant something a registration's appeal has.
export const grantsOf = (appeal) => appeal?.moves.filter(grants).length ?? 0;

// Invariant 2.
export function appealFaults({ operations, tables: { appeals } }) {
  const faults = [];
  const rows = new Map(appeals.map((row) => [row.registration, row]));
  const contesting = operations.filter(({ kind }) => kind === 'appeal' || kind === 'decide');
  for (const { kind, registration, answer } of contesting.filter(({ outcome }) => outcome === 'ok')) {
    const row = rows.get(registration);
    if (!row) faults.push(`${registration}: its appeal was acknowledged and is gone`);
    else if (!answer.moves.every((move, i) => sameMove(move, row.moves[i]))) {
      faults.push(`${registration}: a move of its appeal (${kind}) was acknowledged and is another now`);
    }
  }
  const byRegistration = groupBy(contesting.filter(({ outcome }) => outcome !== 'failed'), ({ registration }) => registration);
  for (const { registration, state, moves } of appeals) {
    const ops = byRegistration.get(registration) ?? [];
    const decisions = ops.filter(({ kind }) => kind === 'decide');
    const places = decisions.filter(({ outcome }) => outcome === 'ok').map(({ answer }) => answer.moves.length);
    if (new Set(places).size !== places.length) faults.push(`${registration}: one decision was acknowledged to two people`);
    if (moves.at(-1)?.to !== state || moves.some(({ from }, i) => from !== (moves[i - 1]?.to ?? 'STATE_UNSPECIFIED'))) {
      faults.push(`${registration}: the moves of its appeal do not lead to ${state}`);
    }
    const requests = new Set(ops.filter(({ kind }) => kind === 'appeal').map(({ requestId }) => requestId)).size;
    for (const [outcome, made] of groupBy(moves, (move) => move.outcome)) {
      const asked = outcome === NONE ? requests : decisions.filter(({ body }) => body.outcome === outcome).length;
      if (made.length > asked) faults.push(`${registration} has ${made.length} moves with ${outcome}, ${asked} were asked for`);
    }
  }
  return faults;
}

// The times that the move `at` of an appeal may have granted, by the operations that may have made it.
function granted({ registration, moves }, at, operations) {
  const decisions = operations.filter((op) => op.kind === 'decide' && op.registration === registration
    && op.outcome !== 'failed' && op.body.outcome === moves[at].outcome);
  const told = decisions.find(({ outcome, answer }) => outcome === 'ok' && answer.moves.length === at + 1);
  return (told ? [told] : decisions.filter(({ outcome }) => outcome === 'unknown')).flatMap(({ body }) => {
    if (moves[at].outcome === 'OUTCOME_AMENDED') return [body];
    return operations.filter((op) => op.kind === 'appeal' && op.registration === registration && op.outcome !== 'failed').map((op) => op.body);
  });
}

// Invariant 4: from the decisions into the presences.
export function amendmentFaults({ operations, tables: { appeals, presences } }) {
  const byRegistration = new Map(presences.map((presence) => [presence.registration, presence]));
  const faults = [];
  for (const appeal of appeals) {
    const last = appeal.moves.findLastIndex(grants);
    if (last < 0) continue;
    const presence = byRegistration.get(appeal.registration);
    const stands = presence?.state === 'CORRECTED' && granted(appeal, last, operations).some((times) => sameTimes(times, presence));
    if (!stands) faults.push(`${appeal.registration}: the presence is not what was decided`);
  }
  return faults;
}
