// The drill: a backup while everything runs, more happens, and then the database is wanted as it was at a time in between.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { query } from '../../tools/local/database.mjs';
import { until } from '../../tools/local/process.mjs';
import { ROOT } from '../../tools/local/settings.mjs';
import { startStack } from '../support/running_stack.mjs';

const execute = promisify(execFile);
const PATIENCE_MS = 60000;

let stack;
let backup;
const wenming = (command, ...args) => execute(path.join(ROOT, 'wenming'), [command, ...args, '--run-dir', stack.runDir], { timeout: 300000 });
const story = () => execute(process.execPath, [path.join(ROOT, 'tools/demo.mjs'), '--run-dir', stack.runDir], { timeout: 300000 });

before(async () => {
  stack = await startStack({ volunteers: 20, durable: true });
  backup = path.join(stack.directory, 'backup');
});
after(() => stack?.stop());

// Names of activities whose drafting was acknowledged.
async function drafts(count) {
  const { unit_name: unit } = stack.account('station1');
  const staff = await stack.enter('station1');
  const names = [];
  for (let i = 0; i < count; ++i) {
    const activity = { title: `读书会 ${i}`, content: '共读一本书', method: 'METHOD_TEACH', themes: ['policy'], place: '农家书屋' };
    names.push((await staff.post(`/v1/${unit}/activities`, { activity })).name);
  }
  return names;
}

const statusOf = async (staff, name) => (await staff.send('GET', `/v1/${name}`)).status;
const rows = (sql) => query(stack.record.database.socket, sql);

// What activity_svc has told of hours, what volunteer_svc has in its ledger, and what waits to be told or could not be applied.
const EVENTS = "SELECT COUNT(*) FROM wenming_activity.events WHERE payload_type LIKE 'wenming.activity.v1.Hours%'";
const ENTRIES = 'SELECT COUNT(*) FROM wenming_volunteer.hour_entries';
const WAITING = 'SELECT (SELECT COUNT(*) FROM wenming_org.outbox) + (SELECT COUNT(*) FROM wenming_volunteer.outbox)'
  + ' + (SELECT COUNT(*) FROM wenming_activity.outbox)';
const PARKED = 'SELECT (SELECT COUNT(*) FROM wenming_volunteer.parked_events) + (SELECT COUNT(*) FROM wenming_activity.parked_events)';
const number = (sql) => Number(rows(sql)[0][0]);
const reconciled = () => until(() => number(WAITING) === 0 && number(EVENTS) === number(ENTRIES), PATIENCE_MS);

test('what was acknowledged before the time is there, nothing after; ledger, chains and outboxes are in order', async () => {
  await story();
  await wenming('backup', '--to', backup);
  await story();
  const early = await drafts(5);
  assert.ok(await reconciled());
  const entries = number(ENTRIES);
  assert.ok(entries > 0);

  const time = (Math.floor(Date.now() / 1000) + 1) * 1000;
  await until(() => Date.now() >= time, 5000);
  const late = await drafts(5);
  await story();
  assert.ok(await until(() => number(ENTRIES) > entries, PATIENCE_MS));

  await wenming('restore', backup, '--until', new Date(time).toISOString());
  await stack.revive();
  const staff = await stack.enter('station1');
  assert.deepEqual(await Promise.all(early.map((name) => statusOf(staff, name))), early.map(() => 200));
  assert.deepEqual(await Promise.all(late.map((name) => statusOf(staff, name))), late.map(() => 404));
  assert.ok(await reconciled(), 'every settled hour is in the ledger once');
  assert.equal(number(ENTRIES), entries);
  assert.equal(number(PARKED), 0);
  for (const what of ['verify-ledger', 'verify-audit']) {
    const { ok, told } = await stack.verify(what);
    assert.ok(ok, told);
  }
});

test('life goes on in what was restored', async () => {
  const entries = number(ENTRIES);
  await story();
  assert.ok(await until(() => number(ENTRIES) > entries, PATIENCE_MS));
  assert.ok(await reconciled());
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
