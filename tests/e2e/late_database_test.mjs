// What needs the database may be started before it: it waits, says so once in a while, and goes on as soon as it is there.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { startDatabase } from '../../tools/local/database.mjs';
import { end, isAlive, launch, until } from '../../tools/local/process.mjs';
import { isReady } from '../../tools/local/services.mjs';
import { startStack } from '../support/running_stack.mjs';

const WAIT = 60000;

let stack;
let again;  // org_svc, started once more by the test
before(async () => { stack = await startStack({ durable: true }); });
after(async () => {
  await end(again);
  await stack?.stop();
});

const org = () => stack.record.services.org_svc;

// Runs org_svc with more flags than it has: { process, told(), ended }, the latter its exit status and signal.
function run(...flags) {
  const { binary, args } = org();
  const process_ = spawn(binary, [...args, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  process_.stdout.on('data', (data) => { text += data; });
  return { process: process_, told: () => text, ended: once(process_, 'close') };
}

const waits = (text) => text.split('\n').filter((line) => line.includes('waits for the database')).length;

test('a service and a migration that are there before the database go on when it is there', async () => {
  const { binary, args, metrics, pid, started, log } = org();
  await end({ pid, started });
  await stack.endDatabase();
  again = launch(binary, args, log);
  const migration = run('--migrate');
  assert.ok(await until(() => waits(fs.readFileSync(log, 'utf8')) > 0 && waits(migration.told()) > 0, WAIT));
  assert.match(migration.told(), /2002/, 'it says what is amiss');
  assert.ok(isAlive(again) && migration.process.exitCode === null);

  startDatabase(stack.runDir, false);
  assert.deepEqual(await migration.ended, [0, null]);
  assert.ok(await until(() => isReady('org_svc', metrics), WAIT));
  assert.ok(isAlive(again), 'the one that waited');
});

test('who waits ends when he is told to, and not as one who has migrated', async () => {
  await stack.endDatabase();
  const migration = run('--migrate');
  assert.ok(await until(() => waits(migration.told()) > 0, WAIT));
  migration.process.kill('SIGTERM');
  assert.deepEqual(await migration.ended, [1, null]);
  startDatabase(stack.runDir, false);
});

test('a wrong password is not waited for', async () => {
  const wrong = path.join(stack.directory, 'wrong');
  fs.writeFileSync(wrong, 'wrong', { mode: 0o600 });
  const migration = run('--migrate', `--db-password-file=${wrong}`);
  assert.deepEqual(await migration.ended, [1, null]);
  assert.equal(waits(migration.told()), 0);
  assert.match(migration.told(), /1045/);
});
