// A small run in which everything went well, for the tests of the checker to spoil: two shifts at the same time in the
// future, with people who wait, take, decline and cancel; and one in the past whose hours are settled, one of them taken
// back and given again.

import { entryHash } from './invariants/chains.mjs';

const HOUR = 3600e6;
const NOW = Date.UTC(2031, 0, 1) * 1000;
const DEADLINE = NOW + 2 * HOUR;
const TEXT = Buffer.from('抢名额').toString('hex').toUpperCase();

const shift = (name, capacity, taken, waitlisted, start, state = 'OPEN') =>
  ({ name, start, end: start + 3 * HOUR, capacity, taken, waitlisted, state });

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
  const [a, b, past] = [shift('A', 2, 2, 2, NOW + 24 * HOUR), shift('B', 1, 1, 0, NOW + 24 * HOUR), shift('P', 3, 3, 0, NOW - 99 * HOUR, 'SETTLED')];
  const a1 = registration('a1', 'v1', a, 'STATE_CONFIRMED');
  const a2 = registration('a2', 'v2', a, 'STATE_OFFERED', 2);
  const a3 = registration('a3', 'v3', a, 'STATE_WAITLISTED', 3);
  const a4 = registration('a4', 'v4', a, 'STATE_WAITLISTED', 4);
  const a5 = registration('a5', 'v5', a, 'STATE_CANCELLED');
  const a6 = registration('a6', 'v6', a, 'STATE_LAPSED', 1);
  const b7 = registration('b7', 'v7', b, 'STATE_CONFIRMED');
  const passed = ['v1', 'v2', 'v3'].map((volunteer, i) => registration(`p${i + 1}`, volunteer, past, i === 2 ? 'STATE_ABSENT' : 'STATE_ATTENDED'));

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

  const time = { start: past.start, end: past.end };
  const v1 = ledgerOf('v1', [{ registration: 'p1', revision: 0, minutes: 180, ...time }]);
  const v2 = ledgerOf('v2', [
    { registration: 'p2', revision: 0, minutes: 180, ...time }, { registration: 'p2', revision: 1, minutes: -180, ...time },
    { registration: 'p2', revision: 2, minutes: 120, ...time },
  ]);
  const event = (cursor, kind, volunteer, of, revision, minutes) => ({ cursor, kind, volunteer, registration: of, revision, minutes });
  const tables = {
    time: NOW,
    shifts: [a, b, past],
    registrations: [a1, a2, a3, a4, a5, a6, b7, ...passed],
    presences: ['p1', 'p2'].map((of, i) => ({ registration: of, shift: 'P', volunteer: `v${i + 1}`, state: 'CONFIRMED', minutes: 180 })),
    events: [
      event(1, 'settled', 'v1', 'p1', 0, 180), event(2, 'settled', 'v2', 'p2', 0, 180), event(3, 'settled', 'v1', 'p1', 0, 180),
      { cursor: 4, kind: 'unreadable' }, event(5, 'reversed', 'v2', 'p2', 1, 0), event(6, 'settled', 'v2', 'p2', 2, 120),
    ],
    parked: [{ by: 'volunteer_svc', from: 'activity_svc', cursor: 4 }],
    accounts: [v1.account, v2.account],
    entries: [...v1.entries, ...v2.entries],
  };
  const moment = structuredClone({ time: NOW, shifts: tables.shifts, registrations: tables.registrations });
  const verdicts = [{ what: 'verify-audit', ok: true, told: '' }];
  return { operations: clerk.operations, moments: [moment], tables, poison: [4], verdicts, clerk, rows: { a1, a2, a3, a4, a5, a6, b7 }, a, b, v1, v2, ledgerOf };
}
