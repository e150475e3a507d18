// The StatefulSet and the CronJobs of components/mariadb-replicated on this machine: their scripts and settings on real MariaDBs.
// Played here is what the image and the cluster do: volumes, names, the users of an empty database, and where the primary is.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { answers, query } from '../../tools/local/database.mjs';
import { until } from '../../tools/local/process.mjs';
import { HOST, isFree } from '../../tools/local/settings.mjs';
import { run } from '../tools/support.mjs';
import { configMap, containers, named } from './parts.mjs';

export const WAIT = 60000;
const PATHS = `${process.env.PATH}:/usr/sbin`;
const SMALL = ['--innodb-buffer-pool-size=64M', '--innodb-log-file-size=16M'];
const AS_ROOT = process.getuid() === 0 ? ['--user=root'] : [];

export class MariadbSet {
  primary = '0';  // as the overlay says to all of them
  members = [];

  // `folder` is where everything is; `objects` those of an overlay; `schemas` the SQL of the Secret mariadb-first-start.
  constructor(folder, objects, schemas) {
    this.folder = folder;
    this.objects = objects;
    const { data } = configMap(objects, 'mariadb');
    for (const [name, text] of Object.entries(data)) fs.writeFileSync(path.join(folder, name), text, { mode: 0o755 });
    fs.mkdirSync(path.join(folder, 'schemas'));
    fs.writeFileSync(path.join(folder, 'schemas/schemas.sql'), schemas);
    fs.mkdirSync(path.join(folder, 'bin'));
    fs.writeFileSync(path.join(folder, 'bin/docker-entrypoint.sh'), '#!/bin/sh\nprintf "%s\\n" "$MARIADB_MASTER_HOST" "$@"\n', { mode: 0o755 });
  }

  environmentOf(kind, name) {
    const [{ env }] = containers(named(this.objects, kind, name));
    return Object.fromEntries(env.map((each) => [each.name, each.value]));
  }

  // What start.sh starts in the pod of that ordinal: { args, master, first }.
  #startedIn(ordinal) {
    const first = path.join(this.folder, `first${ordinal}`);
    fs.rmSync(first, { recursive: true, force: true });
    fs.mkdirSync(first);
    const { status, out, err } = run(path.join(this.folder, 'start.sh'), [], { env: {
      ...this.environmentOf('StatefulSet', 'mariadb'), PRIMARY: this.primary, HOSTNAME: `mariadb-${ordinal}`,
      SCHEMAS: path.join(this.folder, 'schemas'), FIRST_START: first, PATH: `${this.folder}/bin:${PATHS}`,
    } });
    assert.equal(status, 0, err);
    const [master, program, ...args] = out.trimEnd().split('\n');
    assert.equal(program, 'mariadbd');
    return { args, master, first: fs.readdirSync(first).map((name) => fs.readFileSync(path.join(first, name), 'utf8')).join('\n') };
  }

  // Starts that member; in an empty volume it makes a database, and the users or the way to the primary.
  async start(ordinal) {
    const { args, master, first } = this.#startedIn(ordinal);
    const member = this.members[ordinal] ?? { ordinal, port: await this.#freePort(), socket: path.join(this.folder, `${ordinal}.sock`),
      log: path.join(this.folder, `${ordinal}.log`), data: path.join(this.folder, `data${ordinal}`) };
    this.members[ordinal] = member;
    const empty = !fs.existsSync(path.join(member.data, 'mysql'));
    if (empty) {
      const made = run('mariadb-install-db', ['--no-defaults', `--datadir=${member.data}`, '--auth-root-authentication-method=normal',
        '--skip-test-db', '--force', ...AS_ROOT]);
      assert.equal(made.status, 0, made.err);
    }
    member.master = master;
    member.process = spawn('mariadbd', [`--defaults-file=${this.folder}/wenming.cnf`, ...args, ...SMALL, ...AS_ROOT, `--datadir=${member.data}`,
      `--socket=${member.socket}`, `--bind-address=${HOST}`, `--port=${member.port}`, `--pid-file=${member.data}/pid`, `--log-error=${member.log}`],
    { stdio: 'ignore', env: { ...process.env, PATH: PATHS } });
    assert.ok(await until(() => answers(member.socket), WAIT), fs.existsSync(member.log) && fs.readFileSync(member.log, 'utf8').slice(-2000));
    if (empty && master) query(member.socket, `${this.changeMaster(this.primary)}; START REPLICA`);
    if (empty && !master) {
      query(member.socket, `CREATE USER replication@'%' IDENTIFIED BY 'r'; GRANT REPLICATION REPLICA ON *.* TO replication@'%'; ${first}`);
    }
    return member;
  }

  // As one says it to a member, with the address of here for the name there.
  changeMaster(ordinal) {
    return `CHANGE MASTER TO MASTER_HOST='${HOST}', MASTER_PORT=${this.members[ordinal].port}, MASTER_USER='replication', MASTER_PASSWORD='r', `
      + 'MASTER_CONNECT_RETRY=1, MASTER_USE_GTID=slave_pos';
  }

  async end(member, signal = 'SIGTERM') {
    if (!member.process || member.process.exitCode !== null || member.process.signalCode) return;
    member.process.kill(signal);
    await once(member.process, 'exit');
  }

  async stop() {
    await Promise.all(this.members.map((member) => this.end(member, 'SIGKILL')));
  }

  // Runs the script of a CronJob with its environment and that of here.
  runJob(name, environment) {
    const env = { ...this.environmentOf('CronJob', `mariadb-${name}`), BACKUPS: path.join(this.folder, 'backups'), PATH: PATHS, ...environment };
    const { status, out, err } = run(path.join(this.folder, `${name}.sh`), [], { env });
    return { status, out, err, told: out.trimEnd().split('\n').at(-1) };
  }

  async #freePort() {
    let port = 31000 + (process.pid % 500);
    while (!(await isFree(port)) || this.members.some((member) => member?.port === port)) ++port;
    return port;
  }
}
