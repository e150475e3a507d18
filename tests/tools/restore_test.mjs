// ./wenming backup and restore on a real database, with stand-ins for the services.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { query, socketOf } from '../../tools/local/database.mjs';
import { until } from '../../tools/local/process.mjs';
import { newStack } from './stand_in_stack.mjs';
import { ROOT, run } from './support.mjs';

const done = ({ status, out, err }) => assert.equal(status, 0, `${out}${err}`);
const sql = (runDir, text) => query(socketOf(runDir), text);
const write = (runDir, note) => sql(runDir, `INSERT INTO wenming_org.notes VALUES ('${note}')`);
const notes = (runDir) => sql(runDir, 'SELECT note FROM wenming_org.notes ORDER BY note').map(([note]) => note);

// A stack that runs, with a table of notes and the heads of the audit log at record 10.
function startDurable(t) {
  const stack = newStack(t, { durable: true });
  done(stack.start());
  sql(stack.runDir, 'CREATE TABLE wenming_org.notes (note VARCHAR(40) PRIMARY KEY)');
  for (const schema of ['wenming_org', 'wenming_volunteer', 'wenming_activity']) {
    sql(stack.runDir, `CREATE TABLE ${schema}.audit_heads (chain INT PRIMARY KEY, sequence BIGINT)`);
    sql(stack.runDir, `INSERT INTO ${schema}.audit_heads VALUES (1, 10)`);
  }
  return stack;
}

// Another run directory; its database ends with the test.
function spare(t, directory, name) {
  const runDir = path.join(directory, name);
  t.after(() => run(path.join(ROOT, 'tools/stack'), ['stop', '--wipe', '--run-dir', runDir]));
  return runDir;
}

async function restoresIntoNothing(t, { directory, runDir, wenming }, backup) {
  const other = spare(t, directory, 'spare');
  const refused = wenming('restore', backup, '--run-dir', other);
  assert.equal(refused.status, 1);
  assert.match(refused.err, /There is no binary log in .*spare\/db\/binlog/);
  assert.equal(fs.existsSync(other), false);

  done(wenming('restore', backup, '--without-log', '--run-dir', other));
  assert.deepEqual(notes(other), ['early']);
  const third = spare(t, directory, 'third');
  const written = Date.now();
  fs.cpSync(path.join(runDir, 'db/binlog'), path.join(third, 'db/binlog'), { recursive: true });
  await until(() => Date.now() >= Math.ceil(written / 1000) * 1000 + 2000, 5000);
  const cut = wenming('restore', backup, '--run-dir', third, '--until', new Date().toISOString());
  assert.equal(cut.status, 1, 'nobody knows what was written since');
  assert.match(cut.err, /The binary log ends at \d{4}-.*Z, before/);
  const whole = wenming('restore', backup, '--run-dir', third);
  done(whole);
  assert.deepEqual(notes(third), ['early', 'late']);
  assert.match(whole.err, /there are no keys in .*third\/keys/);
  assert.deepEqual(notes(runDir), ['early', 'late'], 'the other one is left alone');
}

async function setsHeadsAside({ runDir, wenming, start }, backup) {
  const now = Math.floor(Date.now() / 1000) + 1;
  await until(() => Date.now() >= now * 1000, 5000);
  write(runDir, 'too late');
  const head = (sequence, seconds) => `${JSON.stringify({ service: 'org_svc', sequence, time: new Date(seconds * 1000).toISOString() })}\n`;
  const kept = [head(7, now - 60), head(12, now - 30), 'not a head\n', head(10, now)];
  const late = [head(11, now), head(14, now + 60)];
  const audit = path.join(runDir, 'audit');
  const [one, other, ofAnother] = ['org_svc.pod-a.heads.jsonl', 'org_svc.pod-b.heads.jsonl', 'activity_svc.pod-a.heads.jsonl'];
  fs.writeFileSync(path.join(audit, one), [...kept, ...late].join(''));
  fs.writeFileSync(path.join(audit, other), late[0]);
  fs.writeFileSync(path.join(audit, ofAnother), head(3, now + 60));
  const local = new Date(now * 1000 + 8 * 3600000).toISOString().slice(0, 19);
  assert.match(wenming('restore', backup, '--until', local).err, /does not say in which zone/);
  const restored = wenming('restore', backup, '--until', `${local}+08:00`);
  done(restored);
  assert.match(restored.out, new RegExp(`restored as of ${new Date(now * 1000).toISOString().slice(0, 19)}Z`));
  assert.deepEqual(notes(runDir), ['early', 'late']);
  const [aside] = fs.readdirSync(audit).filter((name) => name.startsWith('before-'));
  const contents = (folder) => Object.fromEntries(fs.readdirSync(path.join(audit, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile()).map(({ name }) => [name, fs.readFileSync(path.join(audit, folder, name), 'utf8')]));
  assert.deepEqual(contents(''), { [one]: kept.join(''), [other]: '', [ofAnother]: head(3, now + 60) });
  assert.deepEqual(contents(aside), { [one]: late.join(''), [other]: late[0] });
  done(start());
}

// The stack comes back as it was told to be, which is not for development; and the log that the restore put aside leads to
// another time.
function comesBackAsItWas({ runDir, wenming, start, record }, backup) {
  done(start('--no-dev', '--public-url', 'https://wenming.example'));
  const told = ({ dev, public_url, database: { fast } }) => ({ dev, public_url, fast });
  const before = told(record());
  assert.deepEqual(before, { dev: false, public_url: 'https://wenming.example', fast: false });
  const refused = wenming('restore', backup);
  assert.equal(refused.status, 1);
  const [, log] = /That one is (\S+binlog\.before-\S+): name it with --log/.exec(refused.err);
  done(wenming('restore', backup, '--log', log));
  assert.deepEqual(notes(runDir), ['early', 'late', 'too late']);
  done(start());
  assert.deepEqual(told(record()), before);
}

// A record of the log is altered, as by a disk, and then its file is lost.
function keepsWhatIsThereWhereTheLogIsBroken({ directory, runDir, wenming, start }) {
  const backup = path.join(directory, 'second');
  done(wenming('backup', '--to', backup));
  for (const note of ['one', 'two']) {
    write(runDir, note);
    sql(runDir, 'FLUSH BINARY LOGS');
  }
  const before = notes(runDir);
  const folder = path.join(runDir, 'db/binlog');
  const logs = fs.readdirSync(folder).filter((name) => /^changes\.\d/.test(name)).sort().map((name) => path.join(folder, name));
  const [holder] = logs.filter((log) => fs.readFileSync(log).includes('two'));
  const bytes = fs.readFileSync(holder);
  const broken = Buffer.from(bytes);
  broken.write('TWO', bytes.lastIndexOf('two'));
  fs.writeFileSync(holder, broken);
  const failed = wenming('restore', backup);
  assert.equal(failed.status, 1);
  assert.match(failed.err, /could not be applied whole/);
  done(start());
  assert.deepEqual(notes(runDir), before);
  assert.equal(fs.existsSync(path.join(runDir, 'db/restoring')), false);

  fs.rmSync(holder);
  const refused = wenming('restore', backup);
  assert.equal(refused.status, 1);
  assert.match(refused.err, /lacks what is between/);
  assert.deepEqual(notes(runDir), before);
  fs.writeFileSync(holder, bytes, { mode: 0o660 });
}

async function isAsItWasWhereItIsKilled({ directory, runDir, start, wenming }) {
  const backup = path.join(directory, 'fourth');
  done(wenming('backup', '--to', backup));
  write(runDir, 'three');
  const before = notes(runDir);
  const restore = spawn(path.join(ROOT, 'wenming'), ['restore', backup, '--run-dir', runDir], { detached: true, stdio: 'ignore' });
  const ended = once(restore, 'exit');
  assert.ok(await until(() => fs.existsSync(path.join(runDir, 'db/restoring/data')), 60000));
  process.kill(-restore.pid, 'SIGKILL');
  assert.deepEqual(await ended, [null, 'SIGKILL']);
  done(start());
  assert.deepEqual(notes(runDir), before);
  done(wenming('restore', backup));
  assert.deepEqual(notes(runDir), before);
  assert.equal(fs.existsSync(path.join(runDir, 'db/restoring')), false);
}

function servesNothingBetweenTwoMoves({ runDir, stack, start }) {
  done(stack('stop'));
  const moves = ['data', 'binlog'].map((part) => [part, `${part}.before-99991231T000000Z`].map((name) => path.join(runDir, 'db', name)));
  for (const [from, to] of moves) {
    fs.renameSync(from, to);
    const refused = start();
    assert.equal(refused.status, 1);
    assert.match(refused.err, /a restore was interrupted/);
    for (const [, moved] of moves) assert.equal(refused.err.includes(moved), fs.existsSync(moved), refused.err);
  }
  for (const [from, to] of moves) {
    fs.rmSync(from, { recursive: true, force: true });
    fs.renameSync(to, from);
  }
  done(start());
}

function keepsTheNewestCopies({ runDir, wenming }) {
  const backups = path.join(runDir, 'backups');
  const make = (name, file) => {
    fs.mkdirSync(path.join(backups, name), { recursive: true });
    fs.writeFileSync(path.join(backups, name, file), '');
  };
  for (const name of ['20200101T000000Z', '20200102T000000Z', '20200103T000000Z', 'before-the-move']) make(name, 'backup_time');
  make('20200104T000000Z', 'ibdata1');
  done(wenming('backup', '--keep', '2'));
  const left = fs.readdirSync(backups).sort();
  assert.equal(left.length, 4, left.join());
  assert.deepEqual(left.filter((name) => /^2020|^before/.test(name)), ['20200103T000000Z', '20200104T000000Z', 'before-the-move']);
  for (const keep of ['0', 'all', '-1']) assert.match(wenming('backup', '--keep', keep).err, /which is no number of copies/);
  assert.match(wenming('backup', '--keep', '2', '--to', path.join(runDir, 'x')).err, /--to does not copy/);
}

function doctorTellsOfCopies({ runDir, start, doctor }) {
  const fresh = doctor();
  assert.match(fresh.out, /ok the last copy of the database is 0 h old: .*backups\/20/);
  assert.match(fresh.out, /\d GB free in .*; the database has 0\.\d GB/);
  assert.match(fresh.out, /once all is well: rm -r .*data\.before-/);
  done(start('--no-dev'));
  fs.writeFileSync(path.join(runDir, 'db/last_backup'), '2020-01-01T00:00:00Z /mnt/backups/20200101T000000Z\n');
  const old = doctor();
  assert.equal(old.status, 1);
  assert.match(old.out, /bad the last copy of the database is \d{5,} h old/);
  assert.doesNotMatch(old.out, /anybody logs in/);
  fs.rmSync(path.join(runDir, 'db/last_backup'));
  assert.match(doctor().out, /bad there is no copy/);
  done(start('--dev'));
  assert.match(doctor().out, /bad anybody logs in without proof: .*https:\/\/wenming\.example/);
}

test('copies from the first to the last', async (t) => {
  const stack = startDurable(t);
  const backup = path.join(stack.directory, 'backup');
  write(stack.runDir, 'early');
  done(stack.wenming('backup', '--to', backup));
  write(stack.runDir, 'late');
  await t.test('a restore needs nothing but the copy, and the log for what came after', () => restoresIntoNothing(t, stack, backup));
  await t.test('heads of the audit log that are not reached are set aside', () => setsHeadsAside(stack, backup));
  await t.test('after it the stack is as it was, and another time can be tried', () => comesBackAsItWas(stack, backup));
  await t.test('a log that is broken or has a gap changes nothing', () => keepsWhatIsThereWhereTheLogIsBroken(stack));
  await t.test('a restore that is killed changes nothing, and can be made again', () => isAsItWasWhereItIsKilled(stack));
  await t.test('who starts between two moves of a restore is refused', () => servesNothingBetweenTwoMoves(stack));
  await t.test('--keep deletes older whole copies alone', () => keepsTheNewestCopies(stack));
  await t.test('doctor tells how old the last copy is and what room there is', () => doctorTellsOfCopies(stack));
});
