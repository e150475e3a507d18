// The checker finds what it is there for: each invariant broken on purpose, in several ways, in an otherwise sound run.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findFaults, momentFaults } from './checker.mjs';
import { answerOf, soundRun } from './sound_run.mjs';

const row = (run, name) => run.tables.registrations.find((found) => found.name === name);
const op = (run, kind, name) => run.operations.find((found) => found.kind === kind && (found.registration ?? found.answer?.name) === name);
const entry = (run, name, revision = 0) => run.tables.entries.find((found) => found.registration === name && found.revision === revision);
const handover = (run, name) => run.tables.handovers.find((found) => found.name === name);
const presence = (run, name) => run.tables.presences.find((found) => found.registration === name);
const nth = (run, kind, i) => run.operations.filter((found) => found.kind === kind)[i];
const remove = (items, item) => items.splice(items.indexOf(item), 1);

// Makes the ledger of one person anew, chained and summed up, from what `change` leaves of its entries.
function rechain(run, volunteer, change) {
  const old = run.tables.entries.filter((found) => found.volunteer === volunteer);
  const given = change(old.map(({ registration, revision, minutes, start, end }) => ({ registration, revision, minutes, start, end })));
  const { entries, account } = run.ledgerOf(volunteer, given);
  run.tables.entries = [...run.tables.entries.filter((found) => found.volunteer !== volunteer), ...entries];
  run.tables.accounts = [...run.tables.accounts.filter((found) => found.volunteer !== volunteer), account];
}

// Somebody gives up what he has.
function leave(run, kind, name, state) {
  Object.assign(row(run, name), { state, offerExpire: null });
  return run.clerk.move(kind, row(run, name));
}
// Somebody is told that a shift is full.
const refuse = (run, shift = 'A') => run.clerk.signUp({ name: 'late', volunteer: 'v9', shift }, '',
  { outcome: 'failed', status: 400, reason: 'SHIFT_FULL', answer: undefined });

const CASES = {
  1: [
    ['one more confirmed than there are places', /has 3 people for 2 places/, (run) => { row(run, 'a3').state = 'STATE_CONFIRMED'; }],
    ['one more offer than there are places', /has 3 people for 2 places/, (run) => { row(run, 'a3').state = 'STATE_OFFERED'; }],
    ['overbooked for a moment only', /has 3 people for 2 places/, (run) => { run.moments[0].registrations[2].state = 'STATE_CONFIRMED'; }],
    ['a counter of places that is not the rows', /counts 1 taken places, its rows are 2/, (run) => { run.a.taken = 1; }],
    ['a place taken over that its giver keeps', /C has 3 people for 2 places/, (run) => { run.c.capacity = 2; row(run, 'c1').state = 'STATE_CONFIRMED'; }],
    ['somebody excused who still counts', /C counts 3 taken places, its rows are 2/, (run) => { run.c.taken = 3; }],
    ['a counter of the waiting that is not the rows', /counts 3 waiting, its rows are 2/, (run) => { run.a.waitlisted = 3; }],
  ],
  2: [
    ['an acknowledged sign-up that is gone', /a4 was acknowledged .* and is gone/, (run) => { run.tables.registrations = run.tables.registrations.filter(({ name }) => name !== 'a4'); }],
    ['a sign-up of somebody who was never asked', /x: v8 in A is there 1 times without an answer, asked for 0 times/,
      (run) => { run.tables.registrations.push({ ...row(run, 'a5'), name: 'x', volunteer: 'v8' }); }],
    ['a refused sign-up that took place', /x: v9 in A is there 1 times/, (run) => { run.tables.registrations.push({ ...row(run, 'a1'), name: 'x', volunteer: 'v9' }); }],
    ['an unknown sign-up that took place twice', /v7 in B is there 2 times without an answer, asked for 1 times/,
      (run) => { run.tables.registrations.push({ ...row(run, 'b7'), name: 'x', state: 'STATE_CANCELLED' }); }],
    ['a repetition that got another registration', /was answered with a1, and repeated with/,
      (run) => { run.clerk.signUp(row(run, 'a1'), 'STATE_CONFIRMED', { answer: { ...answerOf(row(run, 'a1')), name: 'a2' } }); }],
    ['a repetition that got another answer', /was answered with a1, and repeated with/,
      (run) => { run.clerk.signUp(row(run, 'a1'), 'STATE_WAITLISTED'); }],
    ['a repetition that is refused', /was accepted, and its repetition refused \(SHIFT_FULL\)/,
      (run) => { run.clerk.signUp(row(run, 'a1'), '', { outcome: 'failed', reason: 'SHIFT_FULL', answer: undefined }); }],
    ['the same id with another body accepted', /accepted with two bodies/, (run) => { run.clerk.signUp(row(run, 'a1'), 'STATE_CONFIRMED', { body: { requestId: 'request-a1', more: 1 } }); }],
    ['the same id for another shift accepted', /accepted with two bodies/, (run) => { run.clerk.signUp({ ...row(run, 'a1'), shift: 'B' }); }],
    ['an answer about somebody else', /was answered with a1 of v2/, (run) => { op(run, 'signUp', 'a1').answer.volunteer = 'v2'; }],
    ['a registration that changed hands', /a1 belongs to somebody else now/, (run) => { row(run, 'a1').volunteer = 'v8'; }],
    ['a place lost by itself', /a1 is STATE_CANCELLED, and nobody did that/, (run) => { row(run, 'a1').state = 'STATE_CANCELLED'; }],
    ['a place given to who only refused it', /a6 is STATE_CONFIRMED, and nobody did that/, (run) => { row(run, 'a6').state = 'STATE_CONFIRMED'; }],
    ['a cancellation that was undone', /told STATE_CANCELLED, it is STATE_CONFIRMED/, (run) => { row(run, 'a5').state = 'STATE_CONFIRMED'; }],
    ['a cancellation that was refused and took place', /a5 is STATE_CANCELLED, and nobody did that/,
      (run) => { Object.assign(op(run, 'cancel', 'a5'), { outcome: 'failed', answer: undefined }); }],
    ['somebody excused by nobody', /c5 is STATE_EXCUSED, and nobody did that/,
      (run) => { Object.assign(op(run, 'excuse', 'c5'), { outcome: 'failed', answer: undefined }); }],
    ['an excuse that was undone', /told STATE_EXCUSED, it is STATE_ABSENT/, (run) => { row(run, 'c5').state = 'STATE_ABSENT'; }],
    ['an excused one who was there all the same', /told STATE_EXCUSED, it is STATE_ATTENDED/, (run) => { row(run, 'c5').state = 'STATE_ATTENDED'; }],
    ['a proposal that is gone', /h5 was proposed and is gone/, (run) => { remove(run.tables.handovers, handover(run, 'h5')); }],
    ['a proposal to exchange that became one to stand in', /h2 is not what was proposed/, (run) => { handover(run, 'h2').wanted = null; }],
    ['a proposal of nobody', /x: nobody proposed to hand a1 over/,
      (run) => { run.tables.handovers.push({ ...handover(run, 'h5'), name: 'x', registration: 'a1', giver: 'v1' }); }],
    ['a repeated proposal that became another', /was answered with h1, and repeated with/,
      (run) => { run.clerk.propose(handover(run, 'h1'), { answer: { ...nth(run, 'propose', 0).answer, name: 'h9' } }); }],
    ['a place taken over that is still open', /h2: takeOver was acknowledged, and it is PROPOSED/, (run) => { handover(run, 'h2').state = 'PROPOSED'; }],
    ['a proposal answered by somebody else', /h1 is ACCEPTED, and its taker did not do that/, (run) => { nth(run, 'takeOver', 0).volunteer = 'v9'; }],
    ['a refused take-over that took place', /h1 is ACCEPTED, and its taker did not do that/, (run) => { nth(run, 'takeOver', 0).outcome = 'failed'; }],
    ['a proposal declined by nobody', /h3 is DECLINED, and its taker did not do that/,
      (run) => { Object.assign(nth(run, 'refuse', 0), { outcome: 'failed', answer: undefined }); }],
    ['a proposal that lapsed too early', /h5 lapsed before its deadline/, (run) => { handover(run, 'h5').state = 'LAPSED'; }],
    ['a giver who kept his place', /c1 was handed over and is STATE_CONFIRMED/, (run) => { row(run, 'c1').state = 'STATE_CONFIRMED'; }],
    ['a taker who got no place', /v2 in C took 1 places over and has 0 of them/, (run) => { remove(run.tables.registrations, row(run, 'c2')); }],
    ['half an exchange', /v4 in D was handed over 1 times, the rows say 0 times/, (run) => { row(run, 'd4').state = 'STATE_CONFIRMED'; }],
    ['a place handed over to nobody', /v2 in C was handed over 0 times, the rows say 1 times/, (run) => { row(run, 'c2').state = 'STATE_SWAPPED'; }],
    ['a place taken over twice', /v2 in C is there 1 times without an answer/, (run) => { run.tables.registrations.push({ ...row(run, 'c2'), name: 'x' }); }],
    ['an appeal that is gone', /p2: its appeal was acknowledged and is gone/, (run) => { run.tables.appeals = []; }],
    ['a decision that was forgotten', /p2: a move of its appeal \(decide\) was acknowledged and is another now/, (run) => {
      run.tables.appeals[0].moves.pop();
      run.tables.appeals[0].state = 'STATE_REOPENED';
    }],
    ['a decision that became another', /p2: a move of its appeal \(decide\) was acknowledged and is another now/,
      (run) => { run.tables.appeals[0].moves[1].outcome = 'OUTCOME_AMENDED'; }],
    ['a decision of nobody', /p2 has 1 moves with OUTCOME_UPHELD, 0 were asked for/, (run) => { Object.assign(nth(run, 'decide', 1), { outcome: 'failed', answer: undefined }); }],
    ['one decision for two who decided', /p2: one decision was acknowledged to two people/,
      (run) => { run.clerk.appeal('decide', run.tables.appeals[0], 4, { outcome: 'OUTCOME_UPHELD' }); }],
    ['an appeal in a state where no move leads', /the moves of its appeal do not lead to STATE_OPEN/, (run) => { run.tables.appeals[0].state = 'STATE_OPEN'; }],
  ],
  3: [
    ['somebody at two places at once', /v1 has .* at the same time/, (run) => { row(run, 'b7').volunteer = 'v1'; }],
    ['at two places for a moment only', /v1 has .* at the same time/, (run) => { run.moments[0].registrations[6].volunteer = 'v1'; }],
    ['a taker who was somewhere else', /v7 has .* at the same time/,
      (run) => { Object.assign(row(run, 'c2'), { volunteer: 'v7', start: run.b.start, end: run.b.end }); }],
    ['somebody in one shift twice', /v3 is in A twice/, (run) => { row(run, 'a4').volunteer = 'v3'; }],
    ['the same minute credited twice', /v1 is credited twice: p1 and p9/,
      (run) => rechain(run, 'v1', ([first]) => [first, { ...first, registration: 'p9', start: first.start + 1 }])],
    ['credited inside of a longer credit', /v1 is credited twice: p1 and p9/,
      (run) => rechain(run, 'v1', ([first]) => [first, { ...first, registration: 'p9', start: first.start + 9, end: first.end - 9 }])],
  ],
  4: [
    ['settled hours that did not arrive', /p1 has 0 minutes in the ledger, 180 were settled/, (run) => rechain(run, 'v1', () => [])],
    ['hours credited twice', /p1 \(revision 0\) is in the ledger twice/, (run) => rechain(run, 'v1', ([first]) => [first, first])],
    ['other minutes than were settled', /p1 has 170 minutes in the ledger, 180 were settled/, (run) => rechain(run, 'v1', ([first]) => [{ ...first, minutes: 170 }])],
    ['hours that nobody settled', /p9 is credited, and nobody settled it/,
      (run) => rechain(run, 'v1', ([first]) => [first, { ...first, registration: 'p9', start: first.end, end: first.end + 1 }])],
    ['a reversal that did not arrive', /p2 has 180 minutes in the ledger, 120 were settled/, (run) => rechain(run, 'v2', ([first]) => [first])],
    ['hours credited to somebody else', /p1 of v1 was credited to v2/,
      (run) => { rechain(run, 'v1', () => []); rechain(run, 'v2', (own) => [...own, { registration: 'p1', revision: 0, minutes: 180, start: 1, end: 2 }]); }],
    ['a presence that was settled and not told', /p1 was settled with 180 minutes, and nobody was told so/,
      (run) => { run.tables.events = run.tables.events.filter(({ registration }) => registration !== 'p1'); }],
    ['a balance that is no sum', /v1 has a balance of 181, the entries sum up to 180/, (run) => { run.tables.accounts.find(({ volunteer }) => volunteer === 'v1').balance = 181; }],
    ['a reversal that nobody was told of', /p4: its reversal \(revision 1\) was acknowledged, and nobody was told so/,
      (run) => { run.tables.events = run.tables.events.filter(({ registration, revision }) => registration !== 'p4' || revision === 0); }],
    ['hours taken back by nobody', /p4 was taken back 1 times, asked for 0 times/, (run) => { Object.assign(nth(run, 'reverse', 0), { outcome: 'failed', answer: undefined }); }],
    ['hours taken back, and nobody has asked since they were settled', /p4 was settled with 180 minutes, and nobody was told so/,
      (run) => { Object.assign(nth(run, 'reverse', 0), { outcome: 'failed', answer: undefined }); }],
    ['one reversal for two who asked', /p4: one reversal was acknowledged to two people/, (run) => { run.clerk.note({ ...nth(run, 'reverse', 0) }); }],
    ['a correction that did not take the first back', /p2 was told of with the revisions 0,2/,
      (run) => { run.tables.events = run.tables.events.filter(({ registration, revision }) => registration !== 'p2' || revision !== 1); }],
    ['a correction credited beside the first', /p2 lacks the revision 1 in the ledger/, (run) => rechain(run, 'v2', ([first, , last]) => [first, last])],
    ['other minutes taken back than were credited', /p2: the revision 1 takes 170 minutes back, 180 were credited/,
      (run) => rechain(run, 'v2', ([first, back, last]) => [first, { ...back, minutes: -170 }, last])],
    ['a decision that the presence does not know', /p2: the presence is not what was decided/, (run) => { presence(run, 'p2').checkOutTime = presence(run, 'p1').checkInTime; }],
    ['a decision that credits other minutes', /p2 was settled with 90 minutes, and 120 were told/, (run) => { presence(run, 'p2').minutes = 90; }],
    ['a running balance that is no sum', /balance of entry 1 is no sum/, (run) => { entry(run, 'p1').balance = 1; }],
    ['a gap in the sequence', /v2: a gap in the sequence before 3/, (run) => { remove(run.tables.entries, entry(run, 'p2', 1)); }],
    ['a poison event that vanished', /event 4 cannot be applied and is not parked/, (run) => { run.tables.parked = []; }],
    ['a good event that was parked', /volunteer_svc parked event 2 of activity_svc/, (run) => { run.tables.parked.push({ by: 'volunteer_svc', from: 'activity_svc', cursor: 2 }); }],
  ],
  5: [
    ['an altered number', /v1: entry 1 is not what was chained/, (run) => { entry(run, 'p1').raw.grade = '1'; }],
    ['an altered text', /v2: entry 2 is not what was chained/, (run) => { entry(run, 'p2', 1).raw.content += '21'; }],
    ['an entry removed from the middle', /v2: entry 3 is not what was chained/, (run) => { remove(run.tables.entries, entry(run, 'p2', 1)); }],
    ['the last entry removed', /v2: the account's hash is not that of its last entry/, (run) => { remove(run.tables.entries, entry(run, 'p2', 2)); }],
    ['an altered ledger that only its service sees', /verify-ledger: entry 3/, (run) => { Object.assign(run.verdicts[1], { ok: false, told: 'entry 3' }); }],
    ['an altered audit log', /verify-audit: record 7/, (run) => { Object.assign(run.verdicts[0], { ok: false, told: 'record 7' }); }],
  ],
  6: [
    ['a later one served first', /a3 still waits at 3 while 4 was served/, (run) => { row(run, 'a2').state = 'STATE_WAITLISTED'; row(run, 'a4').state = 'STATE_OFFERED'; }],
    ['served out of order for a moment only', /a3 still waits at 3 while 4 was served/, (run) => { run.moments[0].registrations[3].state = 'STATE_OFFERED'; }],
    ['somebody who left his place to another before the first was served', /a3 still waits at 3 while 4 was served/,
      (run) => { row(run, 'a4').state = 'STATE_SWAPPED'; }],
    ['somebody excused before the first was served', /a3 still waits at 3 while 4 was served/, (run) => { row(run, 'a4').state = 'STATE_EXCUSED'; }],
    ['a position given twice', /position twice/, (run) => { row(run, 'a4').position = 3; }],
    ['a free place while people wait', /1 free places while 2 wait/, (run) => { row(run, 'a1').state = 'STATE_CANCELLED'; run.a.taken = 1; }],
    ['who came later stands before', /a4 came after a3 and stands before it/, (run) => { op(run, 'signUp', 'a4').answer.waitlistPosition = '2'; }],
    ['somebody let in past those who wait', /x was let in past a3, who waits/, (run) => {
      const x = { ...row(run, 'a1'), name: 'x', volunteer: 'v8' };
      run.tables.registrations.push(x);
      run.clerk.signUp(x);
    }],
    ['an offer that lapsed before its deadline', /a2 lost the offered place before its deadline/, (run) => { Object.assign(row(run, 'a2'), { state: 'STATE_LAPSED', offerExpire: null }); }],
    ['an offer that nobody takes back', /a2 is still offered a place, after its deadline/, (run) => { run.tables.time += 3 * 3600e6; }],
    ['a deadline that moved', /a2 was offered a place with 2 deadlines/, (run) => { row(run, 'a2').offerExpire += 60e6; }],
    ['an offer refused before its deadline', /a2 was refused the offered place/,
      (run) => { run.clerk.move('accept', row(run, 'a2'), { outcome: 'failed', reason: 'OFFER_LAPSED', answer: undefined }); }],
    ['a full shift that a cancellation did not open', /v9 was told that A is full, where 3 people at most were for 4/,
      (run) => { leave(run, 'cancel', 'a4', 'STATE_CANCELLED'); refuse(run); }],
    ['a full shift that a declined offer did not open', /v9 was told that A is full/, (run) => { leave(run, 'decline', 'a2', 'STATE_LAPSED'); refuse(run); }],
    ['a full shift that an excuse did not open', /v9 was told that A is full/, (run) => { leave(run, 'excuse', 'a1', 'STATE_EXCUSED'); refuse(run); }],
    ['a full shift long after somebody was seen to be gone', /v9 was told that A is full/, (run) => {
      Object.assign(leave(run, 'cancel', 'a4', 'STATE_CANCELLED'), { outcome: 'unknown', answer: undefined });
      const seen = run.clerk.move('look', row(run, 'a4'));
      Object.assign(refuse(run), { begin: seen.end + 2000, end: seen.end + 2001 });
    }],
    ['a full shift before the others came', /v9 was told that A is full, where 3 people/, (run) => {
      const { begin } = op(run, 'signUp', 'a4');
      Object.assign(refuse(run), { begin: begin - 0.2, end: begin - 0.1 });
    }],
    ['a full shift where one place was handed over, and given up by who took it', /v9 was told that C is full, where 1 people at most were for 3/, (run) => {
      leave(run, 'cancel', 'c2', 'STATE_CANCELLED');
      refuse(run, 'C');
    }],
  ],
};

test('a sound run has no faults', () => {
  assert.deepEqual(findFaults(soundRun()), []);
});

// What may be, or may have been, is no fault.
const EXPLAINED = {
  'nobody has gone': (run) => refuse(run),
  'the cancellation was answered while he asked': (run) => {
    const { end } = leave(run, 'cancel', 'a4', 'STATE_CANCELLED');
    Object.assign(refuse(run), { begin: end - 0.5 });
  },
  'the cancellation had not begun': (run) => {
    refuse(run);
    leave(run, 'cancel', 'a4', 'STATE_CANCELLED');
  },
  'nobody knows when the cancellation took place': (run) => {
    Object.assign(leave(run, 'cancel', 'a4', 'STATE_CANCELLED'), { outcome: 'unknown', answer: undefined });
    refuse(run);
  },
  'he was seen to be gone a moment before': (run) => {
    Object.assign(leave(run, 'cancel', 'a4', 'STATE_CANCELLED'), { outcome: 'unknown', answer: undefined });
    run.clerk.move('look', row(run, 'a4'));
    refuse(run);
  },
  'another took the place': (run) => {
    leave(run, 'cancel', 'a4', 'STATE_CANCELLED');
    const x = { ...row(run, 'a3'), name: 'x', volunteer: 'v8', position: 5 };
    run.tables.registrations.push(x);
    run.clerk.signUp(x);
    refuse(run);
  },
  'another who was never answered took it': (run) => {
    leave(run, 'cancel', 'a4', 'STATE_CANCELLED');
    const x = { ...row(run, 'a3'), name: 'x', volunteer: 'v8', position: 5 };
    run.tables.registrations.push(x);
    run.clerk.signUp(x, '', { outcome: 'unknown', status: 0, answer: undefined });
    refuse(run);
  },
  'another took it while he asked, and was answered later': (run) => {
    leave(run, 'cancel', 'a4', 'STATE_CANCELLED');
    const x = { ...row(run, 'a3'), name: 'x', volunteer: 'v8', position: 5 };
    run.tables.registrations.push(x);
    const late = refuse(run);
    late.end = run.clerk.signUp(x).begin + 0.5;
  },
  'the place was handed over, and not given up': (run) => {
    leave(run, 'cancel', 'c4', 'STATE_CANCELLED');
    const x = { ...row(run, 'c2'), name: 'x', volunteer: 'v8' };
    const y = { ...row(run, 'c2'), name: 'y', volunteer: 'v7' };
    run.tables.registrations.push(x, y);
    for (const one of [x, y]) run.clerk.signUp(one);
    refuse(run, 'C');
  },
};

for (const [title, happen] of Object.entries(EXPLAINED)) {
  test(`a full shift is no fault where ${title}`, () => {
    const run = soundRun();
    happen(run);
    assert.deepEqual(findFaults(run).filter(({ what }) => /is full/.test(what)), []);
  });
}

for (const [invariant, cases] of Object.entries(CASES)) {
  for (const [title, pattern, spoil] of cases) {
    test(`invariant ${invariant}: ${title}`, () => {
      const run = soundRun();
      spoil(run);
      const faults = findFaults(run);
      const found = faults.some((fault) => fault.invariant === Number(invariant) && pattern.test(fault.what));
      assert.ok(found, `found only ${JSON.stringify(faults)}`);
    });
  }
}

test('what is wrong at one moment is found at that moment', () => {
  const { moments: [moment] } = soundRun();
  assert.deepEqual(momentFaults(moment), []);
  moment.shifts[0].capacity = 1;
  assert.deepEqual(momentFaults(moment).map(({ invariant }) => invariant), [1]);
});
