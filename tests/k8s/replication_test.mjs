// components/mariadb-replicated on real servers: what start.sh and wenming.cnf make of MariaDB replicates, loses nothing that was
// acknowledged when the primary dies, and is what the services ask of a database. Only the image's own part is played here.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { answers, query } from '../../tools/local/database.mjs';
import { until } from '../../tools/local/process.mjs';
import { HOST, isFree } from '../../tools/local/settings.mjs';
import { run } from '../tools/support.mjs';
import { build, K8S } from './objects.mjs';

const WAIT = 60000;
const PATHS = `${process.env.PATH}:/usr/sbin`;
const SMALL = ['--innodb-buffer-pool-size=64M', '--innodb-log-file-size=16M'];

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wenming-'));
const servers = [];
let primary;
let replica;

const find = (objects, kind, name) => objects.find((object) => object.kind === kind && object.metadata.name.startsWith(name));

async function freePort() {
  let port = 31000 + (process.pid % 500);
  while (!(await isFree(port)) || servers.some((server) => server.port === port)) ++port;
  return port;
}

// What start.sh would start in the pod of that ordinal: { args, master }.
function startedIn(ordinal, settings, set) {
  const [{ env }] = set.spec.template.spec.containers;
  const file = path.join(folder, 'bin', 'docker-entrypoint.sh');
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, '#!/bin/sh\nprintf "%s\\n" "$MARIADB_MASTER_HOST" "$@"\n', { mode: 0o755 });
  const script = path.join(folder, 'start.sh');
  fs.writeFileSync(script, settings['start.sh'], { mode: 0o755 });
  const [schemas, first] = ['schemas', `first${ordinal}`].map((name) => path.join(folder, name));
  for (const made of [schemas, first]) fs.mkdirSync(made, { recursive: true });
  fs.writeFileSync(path.join(schemas, 'schemas.sql'), "CREATE DATABASE wenming_org; CREATE USER wenming_org@'%' IDENTIFIED BY 'secret'; "
    + 'GRANT ALL PRIVILEGES ON `wenming\\_org`.* TO wenming_org@\'%\';');
  const { status, out, err } = run(script, [], { env: {
    ...Object.fromEntries(env.map(({ name, value }) => [name, value])), HOSTNAME: `mariadb-${ordinal}`, SCHEMAS: schemas, FIRST_START: first,
    PATH: `${path.dirname(file)}:${PATHS}`,
  } });
  assert.equal(status, 0, err);
  const [master, program, ...args] = out.trimEnd().split('\n');
  assert.equal(program, 'mariadbd');
  return { args, master, first: fs.readdirSync(first).map((name) => fs.readFileSync(path.join(first, name), 'utf8')) };
}

// What the image does: a database where there is none, the users, the primary to follow.
async function start(ordinal, settings, set) {
  const { args, master, first } = startedIn(ordinal, settings, set);
  const data = path.join(folder, `data${ordinal}`);
  const user = process.getuid() === 0 ? ['--user=root'] : [];
  const made = run('mariadb-install-db', ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db', '--force', ...user]);
  assert.equal(made.status, 0, made.err);
  const file = path.join(folder, 'wenming.cnf');
  fs.writeFileSync(file, settings['wenming.cnf']);
  const server = { port: await freePort(), socket: path.join(folder, `${ordinal}.sock`), master, log: path.join(folder, `${ordinal}.log`) };
  servers.push(server);
  server.process = spawn('mariadbd', [`--defaults-file=${file}`, ...args, ...SMALL, ...user, `--datadir=${data}`, `--socket=${server.socket}`,
    `--bind-address=${HOST}`, `--port=${server.port}`, `--pid-file=${data}/pid`, `--log-error=${server.log}`],
  { stdio: 'ignore', env: { ...process.env, PATH: PATHS } });
  assert.ok(await until(() => answers(server.socket), WAIT), fs.existsSync(server.log) && fs.readFileSync(server.log, 'utf8').slice(-2000));
  if (master) {
    query(server.socket, `CHANGE MASTER TO MASTER_HOST='${HOST}', MASTER_PORT=${primary.port}, MASTER_USER='replication', MASTER_PASSWORD='r', `
      + 'MASTER_CONNECT_RETRY=1; START SLAVE');
  } else {
    query(server.socket, `CREATE USER replication@'%' IDENTIFIED BY 'r'; GRANT REPLICATION REPLICA ON *.* TO replication@'%'; ${first.join('\n')}`);
  }
  return server;
}

before(async () => {
  const objects = build(path.join(K8S, 'overlays/county'));
  const { data: settings } = find(objects, 'ConfigMap', 'mariadb');
  const set = find(objects, 'StatefulSet', 'mariadb');
  primary = await start(0, settings, set);
  replica = await start(1, settings, set);
});
after(async () => {
  await Promise.all(servers.map(async (server) => {
    if (server.process?.exitCode !== null || server.process.signalCode) return;
    server.process.kill('SIGKILL');
    await once(server.process, 'exit');
  }));
  fs.rmSync(folder, { recursive: true, force: true });
});

const value = ({ socket }, sql) => query(socket, sql)[0]?.at(-1);
const status = (server, name) => value(server, `SHOW GLOBAL STATUS LIKE '${name}'`);

test('the replica follows the primary, schemas and users included, and takes no writes', async () => {
  assert.equal(primary.master, '');
  assert.equal(replica.master, 'mariadb-0.mariadb');
  query(primary.socket, 'CREATE TABLE wenming_org.t (id INT PRIMARY KEY); INSERT INTO wenming_org.t VALUES (1)');
  const there = () => value(replica, "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'wenming_org' AND table_name = 't'") === '1' &&
    value(replica, 'SELECT COUNT(*) FROM wenming_org.t') === '1';
  assert.ok(await until(there, WAIT), JSON.stringify(query(replica.socket, 'SHOW SLAVE STATUS')));
  const written = run('mariadb', ['--no-defaults', `--socket=${replica.socket}`, '--user=wenming_org', '-e', 'INSERT INTO wenming_org.t VALUES (2)'],
    { env: { ...process.env, MYSQL_PWD: 'secret' } });
  assert.match(written.err, /read-only/);
});

test('the services find both safe', () => {
  for (const { socket } of servers) {
    const { status: code, out, err } = run(path.join(process.env.WENMING_BUILD_DIR, 'bin/org_svc'),
      ['--check-database', `--db-socket=${socket}`, '--db-user=root', '--db-schema=wenming_org']);
    assert.equal(code, 0, out + err);
  }
});

test('nothing is acknowledged before the replica has it, and with that it takes over', async () => {
  assert.ok(await until(() => status(primary, 'Rpl_semi_sync_master_clients') === '1', WAIT));
  assert.ok(await until(() => status(primary, 'Rpl_semi_sync_master_status') === 'ON', WAIT));
  query(primary.socket, 'SET GLOBAL rpl_semi_sync_master_timeout = 3600000');
  query(replica.socket, 'STOP SLAVE IO_THREAD');
  const client = spawn('mariadb', ['--no-defaults', `--socket=${primary.socket}`, '--user=root', '-e', 'INSERT INTO wenming_org.t VALUES (3)']);
  const ended = once(client, 'exit');
  const waits = () => query(primary.socket, 'SHOW PROCESSLIST').some((row) => /semi-sync/i.test(row.join()) && /INSERT/.test(row.join()));
  assert.ok(await until(waits, WAIT), 'the commit waits');
  assert.equal(value(primary, 'SELECT COUNT(*) FROM wenming_org.t'), '1', 'and nobody sees it');
  query(replica.socket, 'START SLAVE IO_THREAD');
  assert.deepEqual(await ended, [0, null]);

  primary.process.kill('SIGKILL');
  await once(primary.process, 'exit');
  const applied = () => value(replica, 'SELECT COUNT(*) FROM wenming_org.t') === '2';
  assert.ok(await until(applied, WAIT));
  query(replica.socket, 'STOP REPLICA; RESET REPLICA ALL; SET GLOBAL read_only = OFF; INSERT INTO wenming_org.t VALUES (4)');
  assert.equal(value(replica, 'SELECT COUNT(*) FROM wenming_org.t'), '3');
});
