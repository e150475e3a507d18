// A small run in which everything went well, for the tests of the checker to spoil: two shifts at the same time in the
// future, with people who wait, take, decline and cancel; two others at the same time where somebody is excused, one place
// has got a stand-in and two people have exchanged theirs; and one in the past whose hours are settled, one of them taken
// back and given again by an appeal, another taken back for good.

import { entryHash } from './invariants/chains.mjs';

const HOUR = 3600e6;
const NOW = Date.UTC(2031, 0, 1) * 1000;
const DEADLINE = NOW + 2 * HOUR;
const TEXT = Buffer.from('抢名额').toString('hex').toUpperCase();

// With room on the waiting list for as many as wait.
const shift = (name, capacity, taken, waitlisted, start, state = 'OPEN') =>
  ({ name, start, end: start + 3 * HOUR, capacity, waitlistCapacity: waitlisted, taken, waitlisted, state });

function registration(name, volunteer, of, state, position = 0) {
  return {
    name, volunteer, shift: of.name, state, position, start: of.start, end: of.end, updateTime: NOW,
    offerExpire: state === 'STATE_OFFERED' ? DEADLINE : null,
  };
}

export const answerOf = ({ name, volunteer, shift: of, state, position, offerExpire }, told = state) => ({
  name, volunteer, shift: of, state: told, waitlistPosition: String(position),
  ...(told === 'STATE_OFFERED' && { offerExpireTime: new Date(offerExpire / 1000).toISOString() }),
});

class Clerk {
  operations = [];
  #time = 0;

  // Notes an operation that began after all before it had ended.
  note(facts) {
    const op = { client: 0, begin: ++this.#time, end: ++this.#time, endTime: NOW / 1000, status: 200, outcome: 'ok', ...facts };
    this.operations.push(op);
    return op;
  }

  signUp(row, told, more = {}) {
    return this.note({
      kind: 'signUp', volunteer: row.volunteer, shift: row.shift, requestId: `request-${row.name}`, body: { requestId: `request-${row.name}` },
      answer: answerOf(row, told), ...more,
    });
  }

  move(kind, row, more = {}) {
    return this.note({ kind, volunteer: row.volunteer, registration: row.name, body: {}, answer: answerOf(row), ...more });
  }

  propose(handover, more = {}) {
    const { name, giver, registration, shift: of, wanted, taker } = handover;
    const body = { requestId: `request-${name}`, handover: { takerNumber: taker, ...(wanted && { wantedShift: wanted }) } };
    const answer = { name, registration, shift: of, state: 'STATE_PROPOSED' };
    return this.note({ kind: 'propose', volunteer: giver, registration, requestId: body.requestId, body, answer, ...more });
  }

  // `kind`: takeOver, refuse or withdraw.
  answer(kind, handover, more = {}) {
    const answer = { name: handover.name, state: `STATE_${handover.state}` };
    const volunteer = kind === 'withdraw' ? handover.giver : handover.taker;
    return this.note({ kind, volunteer, handover: handover.name, body: {}, answer, ...more });
  }

  // What the appeal of a registration was after its first `moves` moves.
  appeal(kind, appeal, moves, body, more = {}) {
    const volunteer = kind === 'appeal' ? appeal.volunteer : undefined;
    const answer = { registration: appeal.registration, state: appeal.moves[moves - 1].to, moves: structuredClone(appeal.moves.slice(0, moves)) };
    return this.note({ kind, volunteer, registration: appeal.registration, requestId: body.requestId, body, answer, ...more });
  }
}

// Chains entries of one person; each { registration, revision, minutes, start, end }.
function ledgerOf(volunteer, given) {
  let [balance, hash] = [0, '00'.repeat(32)];
  const entries = given.map((entry, i) => {
    balance += entry.minutes;
    const raw = Object.fromEntries(['center_id', 'volunteer_id', 'registration_id', 'activity_id', 'shift_id', 'unit_id', 'team_id',
      'person_in_charge_id', 'recorder_id', 'grade', 'record_time'].map((column) => [column, '7']));
    Object.assign(raw, {
      sequence: `${i + 1}`, revision: `${entry.revision}`, minutes: `${entry.minutes}`, balance_minutes: `${balance}`, start_time: `${entry.start}`,
      end_time: `${entry.end}`, activity_title: TEXT, place: TEXT, content: TEXT,
    });
    hash = entryHash(hash, raw);
    return { volunteer, sequence: i + 1, balance, ...entry, raw: { ...raw, hash } };
  });
  return { entries, account: { volunteer, sequence: entries.length, balance, hash } };
}

export function soundRun() {
  const [a, b, past] = [shift('A', 2, 2, 2, NOW + 24 * HOUR), shift('B', 1, 1, 0, NOW + 24 * HOUR), shift('P', 4, 4, 0, NOW - 99 * HOUR, 'SETTLED')];
  const [c, d] = [shift('C', 3, 2, 0, NOW + 48 * HOUR), shift('D', 1, 1, 0, NOW + 48 * HOUR)];
  const a1 = registration('a1', 'v1', a, 'STATE_CONFIRMED');
  const a2 = registration('a2', 'v2', a, 'STATE_OFFERED', 2);
  const a3 = registration('a3', 'v3', a, 'STATE_WAITLISTED', 3);
  const a4 = registration('a4', 'v4', a, 'STATE_WAITLISTED', 4);
  const a5 = registration('a5', 'v5', a, 'STATE_CANCELLED');
  const a6 = registration('a6', 'v6', a, 'STATE_LAPSED', 1);
  const b7 = registration('b7', 'v7', b, 'STATE_CONFIRMED');
  const passed = ['v1', 'v2', 'v3', 'v4'].map((volunteer, i) => registration(`p${i + 1}`, volunteer, past, i === 2 ? 'STATE_ABSENT' : 'STATE_ATTENDED'));
  const changed = {
    c1: registration('c1', 'v1', c, 'STATE_SWAPPED'), c2: registration('c2', 'v2', c, 'STATE_CONFIRMED'),  // v2 stands in for v1
    c3: registration('c3', 'v3', c, 'STATE_SWAPPED'), c4: registration('c4', 'v4', c, 'STATE_CONFIRMED'),  // v3 and v4 have exchanged
    d4: registration('d4', 'v4', d, 'STATE_SWAPPED'), d3: registration('d3', 'v3', d, 'STATE_CONFIRMED'),
    c5: registration('c5', 'v5', c, 'STATE_EXCUSED'),
  };
  const handover = (name, giver, taker, of, state, wanted = null) => ({
    name, registration: of, shift: 'C', giver, taker, wanted, state, expireTime: NOW + HOUR, updateTime: NOW,
  });
  const handovers = [
    handover('h1', 'v1', 'v2', 'c1', 'ACCEPTED'), handover('h2', 'v3', 'v4', 'c3', 'ACCEPTED', 'D'),
    handover('h3', 'v5', 'v6', 'c5', 'DECLINED'), handover('h4', 'v5', 'v7', 'c5', 'WITHDRAWN'), handover('h5', 'v5', 'v8', 'c5', 'PROPOSED'),
  ];

  const clerk = new Clerk();
  clerk.signUp(a1);
  clerk.signUp(a5, 'STATE_CONFIRMED');
  clerk.signUp(a6, 'STATE_WAITLISTED');
  clerk.signUp(a2, 'STATE_WAITLISTED');
  clerk.signUp(a1);  // the same request again
  clerk.signUp({ ...a1, volunteer: 'v9', name: 'none' }, '', { outcome: 'failed', status: 409, reason: 'SHIFT_FULL', answer: undefined });
  clerk.signUp(b7, '', { outcome: 'unknown', status: 0, answer: undefined });
  clerk.move('cancel', a5);
  clerk.move('look', a6, { answer: { ...answerOf({ ...a6, offerExpire: DEADLINE }, 'STATE_OFFERED') } });
  clerk.move('decline', a6);
  clerk.move('look', a2);
  clerk.signUp(a3);
  clerk.signUp(a4);
  for (const row of passed) clerk.signUp(row, 'STATE_CONFIRMED');
  clerk.note({ kind: 'confirm', shift: 'P', body: {} });
  clerk.note({ kind: 'settle', shift: 'P', body: {} });
  for (const row of [changed.c1, changed.c3, changed.d4, changed.c5]) clerk.signUp(row, 'STATE_CONFIRMED');
  for (const one of handovers) clerk.propose(one);
  clerk.propose(handovers[0]);  // the same request again
  clerk.answer('takeOver', handovers[0], { outcome: 'unknown', status: 0, answer: undefined });
  clerk.answer('takeOver', handovers[1]);
  clerk.answer('refuse', handovers[2]);
  clerk.answer('withdraw', handovers[3]);
  clerk.move('excuse', changed.c5, { volunteer: undefined });

  const iso = (micros) => new Date(micros / 1000).toISOString();
  const [came, left] = [past.start + HOUR, past.start + 3 * HOUR].map(iso);
  const step = (from, to, outcome = 'OUTCOME_UNSPECIFIED') => ({ from: `STATE_${from}`, to: `STATE_${to}`, outcome });
  const appeals = [{
    registration: 'p2', volunteer: 'v2', state: 'STATE_FINAL', claimedCheckInTime: came, claimedCheckOutTime: left,
    moves: [step('UNSPECIFIED', 'OPEN'), step('OPEN', 'DECIDED', 'OUTCOME_REJECTED'), step('DECIDED', 'REOPENED'),
      step('REOPENED', 'FINAL', 'OUTCOME_UPHELD')],
  }];
  const claim = { checkInTime: came, checkOutTime: left };
  clerk.appeal('appeal', appeals[0], 1, { ...claim, requestId: 'appeal-1' });
  clerk.appeal('decide', appeals[0], 2, { outcome: 'OUTCOME_REJECTED' });
  clerk.appeal('appeal', appeals[0], 3, { ...claim, requestId: 'appeal-2' });
  clerk.appeal('decide', appeals[0], 4, { outcome: 'OUTCOME_UPHELD' });
  clerk.note({ kind: 'reverse', registration: 'p4', body: {}, answer: { source: 'p4', revision: 1, minutes: 180 } });

  const time = { start: past.start, end: past.end };
  const v1 = ledgerOf('v1', [{ registration: 'p1', revision: 0, minutes: 180, ...time }]);
  const v4 = ledgerOf('v4', [{ registration: 'p4', revision: 0, minutes: 180, ...time }, { registration: 'p4', revision: 1, minutes: -180, ...time }]);
  const v2 = ledgerOf('v2', [
    { registration: 'p2', revision: 0, minutes: 180, ...time }, { registration: 'p2', revision: 1, minutes: -180, ...time },
    { registration: 'p2', revision: 2, minutes: 120, ...time },
  ]);
  const event = (cursor, kind, volunteer, of, revision, minutes) => ({ cursor, kind, volunteer, registration: of, revision, minutes });
  const tables = {
    time: NOW,
    shifts: [a, b, past, c, d],
    registrations: [a1, a2, a3, a4, a5, a6, b7, ...passed, ...Object.values(changed)],
    handovers,
    appeals,
    presences: [
      { registration: 'p1', shift: 'P', volunteer: 'v1', state: 'CONFIRMED', minutes: 180, checkInTime: iso(past.start), checkOutTime: left },
      { registration: 'p2', shift: 'P', volunteer: 'v2', state: 'CORRECTED', minutes: 120, ...claim },
      { registration: 'p4', shift: 'P', volunteer: 'v4', state: 'CONFIRMED', minutes: 180, checkInTime: iso(past.start), checkOutTime: left },
    ],
    events: [
      event(1, 'settled', 'v1', 'p1', 0, 180), event(2, 'settled', 'v2', 'p2', 0, 180), event(3, 'settled', 'v1', 'p1', 0, 180),
      { cursor: 4, kind: 'unreadable' }, event(5, 'reversed', 'v2', 'p2', 1, 0), event(6, 'settled', 'v2', 'p2', 2, 120),
      event(7, 'settled', 'v4', 'p4', 0, 180), event(8, 'reversed', 'v4', 'p4', 1, 0),
    ],
    parked: [{ by: 'volunteer_svc', from: 'activity_svc', cursor: 4 }],
    accounts: [v1.account, v2.account, v4.account],
    entries: [...v1.entries, ...v2.entries, ...v4.entries],
  };
  const moment = structuredClone({ time: NOW, shifts: tables.shifts, registrations: tables.registrations });
  const verdicts = ['verify-audit', 'verify-ledger'].map((what) => ({ what, ok: true, told: '' }));
  return { operations: clerk.operations, moments: [moment], tables, poison: [4], verdicts, clerk, a, b, c, ledgerOf };
}
