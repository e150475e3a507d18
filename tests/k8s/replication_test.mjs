// components/mariadb-replicated on real servers: what its scripts and settings make of MariaDB replicates, loses nothing that was
// acknowledged when the primary dies, is taken over and restored by the steps of its README, and is what the services ask of a database.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { query } from '../../tools/local/database.mjs';
import { until } from '../../tools/local/process.mjs';
import { run } from '../tools/support.mjs';
import { MariadbSet, WAIT } from './mariadb_set.mjs';
import { build, K8S } from './objects.mjs';

const README = fs.readFileSync(path.join(K8S, 'components/mariadb-replicated/README.md'), 'utf8');
const [GRANT] = /^GRANT .* TO backup@'%';$/m.exec(README);
const SCHEMAS = "CREATE DATABASE wenming_org; CREATE USER wenming_org@'%' IDENTIFIED BY 'secret'; "
  + `GRANT ALL PRIVILEGES ON \`wenming\\_org\`.* TO wenming_org@'%'; CREATE USER backup@'%' IDENTIFIED BY 'b'; ${GRANT}`;

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wenming-'));
const backups = path.join(folder, 'backups');
let set;

before(async () => {
  set = new MariadbSet(folder, build(path.join(K8S, 'overlays/county')), SCHEMAS);
  for (const ordinal of [0, 1, 2]) await set.start(ordinal);
  fs.mkdirSync(backups);
  fs.writeFileSync(path.join(folder, 'password'), 'b\n');
});
after(async () => {
  await set.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

const value = (member, sql) => query(member.socket, sql)[0]?.at(-1);
const status = (member, name) => value(member, `SHOW GLOBAL STATUS LIKE '${name}'`);
const tables = (member) => value(member, "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'wenming_org' AND table_name = 't'");
const rows = (member) => (tables(member) === '1' ? value(member, 'SELECT GROUP_CONCAT(id ORDER BY id) FROM wenming_org.t') : undefined);
const insert = (member, id) => query(member.socket, `INSERT INTO wenming_org.t VALUES (${id})`);
const replication = (member) => JSON.stringify(query(member.socket, 'SHOW REPLICA STATUS'));

async function assertRows(members, expected) {
  for (const member of members) assert.ok(await until(() => rows(member) === expected, WAIT), `${member.ordinal}: ${rows(member)} ${replication(member)}`);
}

// What backup.sh says of its copy: { copy, position }.
function copyOf(member) {
  const { status: code, err, told } = set.runJob('backup',
    { HOST: '127.0.0.1', PORT: String(member.port), DATA: member.data, PASSWORD_FILE: path.join(folder, 'password') });
  assert.equal(code, 0, err.slice(-3000));
  const [, copy, position] = /\/(\w+Z): .*gtid_slave_pos = '([0-9,-]+)'/.exec(told) ?? assert.fail(told);
  return { copy, position };
}

// The volume of a member that does not run, filled from a copy.
function fill(member, copy) {
  const { status: code, err, told } = set.runJob('restore', { DATA: member.data, BACKUP: copy });
  assert.equal(code, 0, err.slice(-3000));
  return told;
}

const follow = (member, position) =>
  query(member.socket, `SET GLOBAL gtid_slave_pos = '${position}'; ${set.changeMaster(set.primary)}; START REPLICA`);

test('the replicas follow the primary, schemas and users included, and take no writes', async () => {
  const [primary, ...replicas] = set.members;
  assert.deepEqual(set.members.map(({ master }) => master), ['', 'mariadb-0.mariadb', 'mariadb-0.mariadb']);
  query(primary.socket, 'CREATE TABLE wenming_org.t (id INT PRIMARY KEY)');
  insert(primary, 1);
  await assertRows(replicas, '1');
  const written = run('mariadb', ['--no-defaults', `--socket=${replicas[0].socket}`, '--user=wenming_org', '-e', 'INSERT INTO wenming_org.t VALUES (2)'],
    { env: { ...process.env, MYSQL_PWD: 'secret' } });
  assert.match(written.err, /read-only/);
});

test('the services find all of them safe', () => {
  for (const { socket } of set.members) {
    const { status: code, out, err } = run(path.join(process.env.WENMING_BUILD_DIR, 'bin/org_svc'),
      ['--check-database', `--db-socket=${socket}`, '--db-user=root', '--db-schema=wenming_org']);
    assert.equal(code, 0, out + err);
  }
});

let first;
test('a copy of a replica says where in the log it stands; three are kept, and nothing that is not whole', async () => {
  for (const old of ['20240101T000000Z', '20250101T000000Z', '20260101T000000Z', '20260102T000000Z.part']) fs.mkdirSync(path.join(backups, old));
  first = copyOf(set.members[2]);
  assert.equal(first.position, value(set.members[2], 'SELECT @@gtid_slave_pos'));
  assert.deepEqual(fs.readdirSync(backups).sort(), ['20250101T000000Z', '20260101T000000Z', first.copy]);
  const { status: code, told } = set.runJob('backup',
    { HOST: '127.0.0.1', PORT: String(set.members[0].port), DATA: set.members[0].data, PASSWORD_FILE: path.join(folder, 'password') });
  assert.notEqual(code, 0, `${told}: a copy of the primary leads on to no log`);
  assert.equal(fs.readdirSync(backups).filter((name) => name.endsWith('Z')).length, 3);
});

test('nothing is acknowledged before a replica has it', async () => {
  const [primary, ...replicas] = set.members;
  assert.ok(await until(() => status(primary, 'Rpl_semi_sync_master_clients') === '2', WAIT));
  assert.ok(await until(() => status(primary, 'Rpl_semi_sync_master_status') === 'ON', WAIT));
  query(primary.socket, 'SET GLOBAL rpl_semi_sync_master_timeout = 3600000');
  for (const { socket } of replicas) query(socket, 'STOP SLAVE IO_THREAD');
  const client = spawn('mariadb', ['--no-defaults', `--socket=${primary.socket}`, '--user=root', '-e', 'INSERT INTO wenming_org.t VALUES (3)']);
  const ended = once(client, 'exit');
  const waits = () => query(primary.socket, 'SHOW PROCESSLIST').some((row) => /semi-sync/i.test(row.join()) && /INSERT/.test(row.join()));
  assert.ok(await until(waits, WAIT), 'the commit waits');
  assert.equal(rows(primary), '1', 'and nobody sees it');
  query(replicas[0].socket, 'START SLAVE IO_THREAD');
  assert.deepEqual(await ended, [0, null]);
});

test('a replica takes over when the primary is gone with its disk, and that one comes back empty and follows', async () => {
  const [old, next, other] = set.members;
  await set.end(old, 'SIGKILL');
  await assertRows([next], '1,3');
  assert.ok(await until(() => /has read all relay log/.test(replication(next)), WAIT));
  await Promise.all([next, other].map((member) => set.end(member)));
  fs.rmSync(old.data, { recursive: true });

  set.primary = '1';
  for (const ordinal of [0, 1, 2]) await set.start(ordinal);
  assert.deepEqual(set.members.map(({ master }) => master), ['mariadb-1.mariadb', '', 'mariadb-1.mariadb']);
  assert.match(replication(next), /"No","No"/, 'it follows nobody any more');
  query(next.socket, 'RESET REPLICA ALL');
  query(other.socket, `STOP REPLICA; ${set.changeMaster('1')}; START REPLICA`);
  insert(next, 4);
  await assertRows(set.members, '1,3,4');
  assert.deepEqual(set.members.map((member) => value(member, 'SELECT @@read_only')), ['1', '0', '1']);
  assert.ok(await until(() => status(next, 'Rpl_semi_sync_master_clients') === '2', WAIT));
});

test('a replica is made from a copy', async () => {
  const other = set.members[2];
  await set.end(other);
  assert.match(fill(other, first.copy), new RegExp(`'${first.position}'`));
  await set.start(2);
  follow(other, first.position);
  await assertRows([other], '1,3,4');
  assert.ok(!query(other.socket, 'SHOW DATABASES').join().includes('before'), 'what was there is no database');
  assert.notEqual(set.runJob('restore', { DATA: other.data, BACKUP: 'latest' }).status, 0, 'what was there is not overwritten');
});

test('all of it goes back to an earlier time', async () => {
  const [, primary, other] = set.members;
  const { copy, position } = copyOf(other);
  assert.ok(!fs.existsSync(path.join(backups, copy, '.before')));
  fs.rmSync(path.join(other.data, '.before'), { recursive: true });
  insert(primary, 5);
  const time = (Math.floor(Date.now() / 1000) + 1) * 1000;
  await until(() => Date.now() >= time, 5000);
  query(primary.socket, 'DROP TABLE wenming_org.t');
  for (const member of set.members) assert.ok(await until(() => rows(member) === undefined, WAIT));

  await Promise.all(set.members.map((member) => set.end(member)));
  for (const member of set.members) fill(member, copy);
  for (const ordinal of [0, 1, 2]) await set.start(ordinal);
  query(primary.socket, `RESET MASTER; SET GLOBAL gtid_binlog_state = '${position}'`);
  const stop = new Date(time).toISOString().replace('T', ' ').slice(0, 19);
  const replayed = run('bash', ['-c', `set -o pipefail; TZ=UTC mariadb-binlog --no-defaults --start-position=${position} --stop-datetime='${stop}' `
    + `changes.[0-9]* | mariadb --no-defaults --binary-mode --socket=${primary.socket} --user=root`], { cwd: path.join(primary.data, '.before') });
  assert.equal(replayed.status, 0, replayed.err);
  for (const member of [set.members[0], other]) follow(member, position);
  insert(primary, 6);
  await assertRows(set.members, '1,3,4,5,6');
});
