// The drill: a backup while people sign up, more happens, and then the database is wanted as it was at a time in between.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { query, socketOf } from '../../tools/local/database.mjs';
import { until } from '../../tools/local/process.mjs';
import { ROOT } from '../../tools/local/settings.mjs';
import { draft, move, signUp } from '../../tools/story/activities.mjs';
import { actAs } from '../../tools/story/people.mjs';
import { mapWide, onceKnown } from '../../tools/story/waiting.mjs';
import { nameOf } from '../chaos/database.mjs';
import { startStack } from '../support/running_stack.mjs';

const execute = promisify(execFile);
const PATIENCE_MS = 60000;
const PEOPLE = 20;
const DAYS = 90;
const DAYS_AFTER_BACKUP = 30;  // of these, kept for the time after the backup
const LANES = 4;
const PAUSE_MS = 40;  // between two sign-ups of a lane
const AROUND_MS = 2000;  // for which people sign up before and after the time

let stack;
let backup;
const wenming = (command, ...args) => execute(path.join(ROOT, 'wenming'), [command, ...args, '--run-dir', stack.runDir], { timeout: 300000 });
const story = () => execute(process.execPath, [path.join(ROOT, 'tools/demo.mjs'), '--run-dir', stack.runDir], { timeout: 300000 });

before(async () => {
  stack = await startStack({ volunteers: PEOPLE, durable: true });
  backup = path.join(stack.directory, 'backup');
});
after(() => stack?.stop());

const dayOf = (day, hour) => new Date(Date.UTC(2031, 2, 1 + day, hour)).toISOString();

// Everybody's sign-ups for a shift on each of many days, in the order in which signUpUntil() makes them.
async function offerShifts() {
  const [head, institute, center] = await Promise.all(['station1', 'institute1', 'center'].map((login) => stack.enter(login)));
  const shifts = Array.from({ length: DAYS }, (_, day) =>
    ({ post: '值守', capacity: PEOPLE * 2, startTime: dayOf(day, 1), endTime: dayOf(day, 3) }));
  const plan = { title: '读书会', content: '共读一本书', method: 'METHOD_TEACH', themes: ['policy'], place: '农家书屋', shifts };
  const made = await onceKnown('the station to be known', () => draft(head, stack.account('station1').unit_name, plan));
  await move(head, made.activity.name, 'SUBMIT');
  await move(institute, made.activity.name, 'PUBLISH');
  const people = await center.list(`/v1/${stack.account('center').unit_name}/volunteers`, 'volunteers');
  const selves = await mapWide(people.slice(0, PEOPLE), LANES, ({ name }) => actAs(stack.session, name));
  return made.shifts.flatMap((shift) => selves.map((self) => ({ self, shift: shift.name })));
}

// Takes sign-ups from `waiting` until `isOver()` or all are made; [{ begin, end, name }], in milliseconds.
async function signUpUntil(waiting, isOver) {
  const noted = [];
  await Promise.all(Array.from({ length: LANES }, async () => {
    while (!isOver() && waiting.length > 0) {
      const { self, shift } = waiting.shift();
      const begin = Date.now();
      const { name } = await onceKnown('the volunteer to be known', () => signUp(self, shift));
      noted.push({ begin, end: Date.now(), name });
      await pause(PAUSE_MS);
    }
  }));
  return noted;
}

// Runs `action` while people sign up; what they did.
async function signUpDuring(waiting, action) {
  let over = false;
  const [noted] = await Promise.all([signUpUntil(waiting, () => over), action().finally(() => { over = true; })]);
  return noted;
}

const rows = (sql) => query(socketOf(stack.runDir), sql);

// What activity_svc has told of hours, what volunteer_svc has in its ledger, and what waits to be told or could not be applied.
const EVENTS = "SELECT COUNT(*) FROM wenming_activity.events WHERE payload_type LIKE 'wenming.activity.v1.Hours%'";
const ENTRIES = 'SELECT COUNT(*) FROM wenming_volunteer.hour_entries';
const WAITING = 'SELECT (SELECT COUNT(*) FROM wenming_org.outbox) + (SELECT COUNT(*) FROM wenming_volunteer.outbox)'
  + ' + (SELECT COUNT(*) FROM wenming_activity.outbox)';
const PARKED = 'SELECT (SELECT COUNT(*) FROM wenming_volunteer.parked_events) + (SELECT COUNT(*) FROM wenming_activity.parked_events)';
// How far each consumer of a stream is behind its end; below 0 it has applied what its peer no longer knows.
const BEHIND = 'SELECT head - event_cursor FROM wenming_activity.event_heads, wenming_volunteer.event_cursors '
  + 'UNION ALL SELECT head - event_cursor FROM wenming_volunteer.event_heads, wenming_activity.event_cursors';
const number = (sql) => Number(rows(sql)[0][0]);
const behind = () => rows(BEHIND).map(([events]) => Number(events));
const reconciled = () => until(() =>
  number(WAITING) === 0 && behind().every((events) => events === 0) && number(EVENTS) === number(ENTRIES), PATIENCE_MS);

const SERVICES = ['org_svc', 'volunteer_svc', 'activity_svc'];
const headsIn = (name) => {
  const folder = path.join(stack.runDir, 'audit', name);
  const files = fs.existsSync(folder) ? fs.readdirSync(folder).filter((file) => file.endsWith('.heads.jsonl')) : [];
  return files.flatMap((file) => fs.readFileSync(path.join(folder, file), 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line)));
};

async function verifies() {
  for (const what of ['verify-ledger', 'verify-audit']) {
    const { ok, told } = await stack.verify(what);
    assert.ok(ok, told);
  }
}

// The copy, people who sign up while it is made and across the time, hours on both sides of it, and heads of the audit log
// exported since, as at a service's start.
async function liveAcrossTheTime() {
  await story();
  const later = await offerShifts();
  const during = await signUpDuring(later.splice(0, PEOPLE * (DAYS - DAYS_AFTER_BACKUP)), () => wenming('backup', '--to', backup));
  await story();
  assert.ok(await reconciled());
  const entries = number(ENTRIES);
  assert.ok(entries > 0);

  const time = (Math.ceil((Date.now() + AROUND_MS) / 1000)) * 1000;
  const across = await signUpUntil(later, () => Date.now() >= time + AROUND_MS);
  await story();
  assert.ok(await until(() => number(ENTRIES) > entries, PATIENCE_MS));
  for (const service of SERVICES) stack.kill(service);
  await stack.revive();
  assert.ok(await until(() => headsIn('').filter((head) => Date.parse(head.time) >= time).length === SERVICES.length, PATIENCE_MS));
  return { time, entries, noted: [...during, ...across], during };
}

test('what was acknowledged before the time is there, nothing after; ledger, chains and outboxes are in order', async (t) => {
  const { time, entries, noted, during } = await liveAcrossTheTime();
  await wenming('restore', backup, '--until', new Date(time).toISOString());
  assert.ok(behind().every((events) => events >= 0), 'nobody has applied what is not in the stream');

  const there = new Set(rows('SELECT id FROM wenming_activity.registrations').map(([id]) => nameOf('registrations', id)));
  const early = noted.filter(({ end }) => end < time);
  const late = noted.filter(({ begin }) => begin >= time);
  t.diagnostic(`${during.length} sign-ups during the backup, ${early.length} before the time, ${late.length} after, ${noted.length} in all`);
  for (const some of [during, early, late]) assert.ok(some.length > 10);
  assert.deepEqual(early.filter(({ name }) => !there.has(name)), []);
  assert.deepEqual(late.filter(({ name }) => there.has(name)), []);

  await stack.revive();
  assert.ok(await reconciled(), 'every settled hour is in the ledger once');
  assert.equal(number(ENTRIES), entries);
  assert.equal(number(PARKED), 0);
  await verifies();
  const [aside] = fs.readdirSync(path.join(stack.runDir, 'audit')).filter((name) => name.startsWith('before-'));
  assert.ok(headsIn(aside).length > 0 && headsIn(aside).every((head) => Date.parse(head.time) >= time));
});

test('life goes on in what was restored', async () => {
  const entries = number(ENTRIES);
  await story();
  assert.ok(await until(() => number(ENTRIES) > entries, PATIENCE_MS));
  assert.ok(await reconciled());
  await verifies();
});

test('a log that does not belong to the backup, a time before it and a folder that is none are refused', async () => {
  const refuses = (args, words) => assert.rejects(wenming('restore', ...args), ({ stderr }) => words.test(stderr));
  await refuses([backup], /not the one that this backup was made beside/);
  await refuses([backup, '--until', '2020-01-01 00:00:00 UTC'], /made after/);
  await refuses([backup, '--until', 'when it was good'], /is no time/);
  await refuses([stack.directory], /is no backup/);
  assert.equal((await fetch(`${stack.record.http}/healthz`)).status, 200, 'a refusal stops nothing');
  assert.ok(fs.existsSync(path.join(stack.runDir, 'db/data')));
});
