// ./wenming demo on a stack of its own, told twice: the second time everything of the first is there already.

import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { ROOT } from '../../tools/local/settings.mjs';
import { ageOf, generateVolunteers, guardianOf } from '../../tools/volunteers.mjs';
import { startStack } from '../support/running_stack.mjs';

const DEMO = path.join(ROOT, 'tools/demo.mjs');

let stack;
before(async () => { stack = await startStack({ volunteers: 20 }); });
after(() => stack?.stop());

// Resolves with { status, out }.
const demo = (...args) => new Promise((resolve) => {
  execFile(process.execPath, [DEMO, '--run-dir', stack.runDir, ...args], { maxBuffer: 1 << 26, timeout: 300000 },
    (error, out, err) => resolve({ status: error?.code ?? 0, out: out + err }));
});

test('the story holds, twice', async () => {
  for (const run of [1, 2]) {
    const { status, out } = await demo('--json');
    const { held, steps } = JSON.parse(out);
    const failed = steps.flatMap(({ title, proofs }) => proofs.filter((proof) => !proof.held).map((proof) => ({ title, ...proof })));
    assert.deepEqual(failed, [], `run ${run}`);
    assert.equal(held, true);
    assert.equal(status, 0);
    assert.ok(steps.length >= 14 && steps.every(({ proofs }) => proofs.length > 0), 'every step proves something');
  }
});

// What identifies the volunteers of a story that was told with this seed, and the guardians of the minors among them.
const identities = (seed) => generateVolunteers(40, seed).flatMap((person) => {
  const guardian = guardianOf(person);
  const of = ({ idNumber, phone, displayName }) => [idNumber, phone, displayName];
  return [...of(person), ...(ageOf(person) < 18 ? [guardian.idDocument.idNumber, guardian.displayName] : [])];
});
// As a dump may hold it: as it is, and the same as hex and as base64.
const forms = (text) => [text, ...['hex', 'base64', 'base64url'].map((encoding) => Buffer.from(text).toString(encoding))];

// Every row of every table, as text.
function everyRow(socket) {
  const sql = (statement) => execFileSync('mariadb', ['--no-defaults', `--socket=${socket}`, '--user=root', '--batch', '--skip-column-names',
    '-e', statement], { encoding: 'utf8', maxBuffer: 1 << 28 });
  const tables = sql("SELECT CONCAT(table_schema, '.', table_name) FROM information_schema.tables WHERE table_schema LIKE 'wenming\\_%'");
  return sql(tables.trim().split('\n').map((table) => `SELECT * FROM ${table};`).join(''));
}

test('what names a volunteer is neither in a log or metric nor in clear in the database', async () => {
  const seed = 20260501;
  assert.equal((await demo('--seed', String(seed))).status, 0);
  const logs = fs.readdirSync(path.join(stack.runDir, 'log')).map((file) => fs.readFileSync(path.join(stack.runDir, 'log', file), 'utf8'));
  const dump = everyRow(stack.record.database.socket);
  assert.ok(dump.includes('常一社区'), 'the dump is one');
  const metrics = await Promise.all(Object.values(stack.record.services).map(async (service) => (await fetch(`${service.metrics}/metrics`)).text()));
  for (const [where, text] of [['a log', logs.join('\n')], ['a metric', metrics.join('\n')], ['the database', dump]]) {
    const found = identities(seed).filter((identity) => forms(identity).some((form) => text.includes(form)));
    assert.deepEqual(found, [], `in ${where}`);
  }
  const { accounts } = stack.demo;
  assert.ok(![...logs, dump].some((text) => text.includes(accounts[0].password)), 'a password is kept as a hash');
});

test('it is told for people, without a password or a token', async () => {
  const { status, out } = await demo();
  assert.equal(status, 0, out);
  assert.match(out, /the story holds: \d+ proofs/);
  for (const { password } of stack.demo.accounts) assert.ok(!out.includes(password));
  assert.doesNotMatch(out, /eyJ[\w-]{10,}\./);
});

test('loading the demo again changes nothing', async () => {
  const { stdout } = await stack.load('--volunteers', '20');
  assert.match(stdout, /loaded already/);
});

test('a stack that does not run is a clear message', async () => {
  const { status, out } = await demo('--run-dir', path.join(stack.directory, 'nowhere'));
  assert.equal(status, 1);
  assert.match(out, /wenming is not running/);
});
