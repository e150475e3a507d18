// tools/stack with a real database and stand-ins for the services.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { isAlive, until } from '../../tools/local/process.mjs';
import { prometheusOf } from '../../tools/local/prometheus.mjs';
import { isReady } from '../../tools/local/services.mjs';
import { SERVICES, newStack } from './stand_in_stack.mjs';
import { run } from './support.mjs';

async function bringsUpWhatIsReadyOnce({ start, stack, record, pids, directory }) {
  const first = start();
  assert.equal(first.status, 0, first.err);
  const before = pids();
  for (const name of SERVICES) assert.equal((await fetch(`${record().services[name].metrics}/metrics`)).status, 200);
  assert.equal(fs.readFileSync(path.join(directory, 'migrations'), 'utf8'),
    'org_svc wenming_org\nvolunteer_svc wenming_volunteer\nactivity_svc wenming_activity\n');

  const second = start();
  assert.equal(second.status, 0, second.err);
  assert.match(second.out, /nothing changed/);
  assert.deepEqual(pids(), before);

  const live = JSON.parse(stack('status', '--json').out);
  assert.equal(live.ready, true);
  assert.equal(live.services.gateway.state, 'ready');
}

function verifiesEachService({ stack, directory }) {
  const good = stack('verify-audit');
  assert.equal(good.status, 0, good.err);
  assert.equal(good.out, 'org_svc: in order\nvolunteer_svc: in order\nactivity_svc: in order\n');
  const refuse = path.join(directory, 'refuse');
  fs.writeFileSync(refuse, 'volunteer_svc');
  const bad = stack('verify-audit');
  fs.rmSync(refuse);
  assert.equal(bad.status, 1);
  assert.equal(bad.out, 'org_svc: in order\nvolunteer_svc: refusing, as told\nactivity_svc: in order\n');
}

function verifiesTheLedger({ stack, directory }) {
  const good = stack('verify-ledger');
  assert.equal(good.status, 0, good.err);
  assert.equal(good.out, '9 entries of 2 volunteers are in order\n');
  assert.deepEqual(JSON.parse(stack('verify-ledger', '--json').out), { accounts: 2, entries: 9, fault: null });
  const fault = { center: 'units/1', volunteer: 'volunteers/2', sequence: 3, what: 'altered' };
  const file = path.join(directory, 'ledger_fault');
  fs.writeFileSync(file, JSON.stringify(fault));
  const bad = stack('verify-ledger');
  const json = stack('verify-ledger', '--json');
  fs.rmSync(file);
  assert.equal(bad.status, 1);
  assert.equal(bad.out, 'volunteers/2 of units/1, entry 3: altered\n');
  assert.equal(json.status, 1);
  assert.deepEqual(JSON.parse(json.out).fault, fault);
}

async function revivesTheDeadAlone({ start, stack, record, pids }) {
  const before = pids();
  const { ports } = record();
  process.kill(before.volunteer_svc, 'SIGKILL');
  assert.ok(await until(() => !isAlive(record().services.volunteer_svc), 20000));
  assert.equal(JSON.parse(stack('status', '--json').out).services.volunteer_svc.state, 'dead');
  const revived = start();
  assert.equal(revived.status, 0, revived.err);
  const after = pids();
  assert.notEqual(after.volunteer_svc, before.volunteer_svc);
  assert.deepEqual({ ...after, volunteer_svc: 0 }, { ...before, volunteer_svc: 0 });
  assert.deepEqual(record().ports, ports);
}

function starts(start) {
  const { status, err } = start();
  assert.equal(status, 0, err);
}

function restartsWhatWasRebuilt({ start, pids, build }) {
  const before = pids();
  fs.utimesSync(path.join(build, 'bin/org_svc'), 1e9, 1e9);
  starts(start);
  const between = pids();
  assert.deepEqual({ ...between, org_svc: before.org_svc }, before);
  assert.notEqual(between.org_svc, before.org_svc);

  fs.utimesSync(path.join(build, 'wenming.binpb'), 3e9, 3e9);
  starts(start);
  assert.deepEqual({ ...pids(), gateway: between.gateway }, between);
  assert.notEqual(pids().gateway, between.gateway);
}

async function servesOnWhereAMigrationFails({ start, record, pids, build, directory, runDir }) {
  const before = pids();
  const recorded = record();
  const log = fs.readFileSync(recorded.services.volunteer_svc.log, 'utf8');
  for (const name of SERVICES) fs.utimesSync(path.join(build, 'bin', name), 4e9, 4e9);
  const refuse = path.join(directory, 'refuse_migration');
  fs.writeFileSync(refuse, 'volunteer_svc');
  const failed = start();
  assert.equal(failed.status, 1);
  assert.match(failed.err, /volunteer_svc could not migrate its schema:\n +volunteer_svc: no migration, as told/);
  assert.deepEqual(pids(), before);
  for (const [name, { metrics }] of Object.entries(recorded.services)) assert.ok(await until(() => isReady(name, metrics), 20000));
  assert.equal(fs.readFileSync(path.join(runDir, 'log/volunteer_svc.log'), 'utf8'), log);

  fs.rmSync(refuse);
  starts(start);
  for (const name of SERVICES) assert.notEqual(pids()[name], before[name]);
}

async function refusesATakenPortBeforeItEndsAnything({ start, pids, record }) {
  const before = pids();
  const other = net.createServer();
  await new Promise((resolve) => other.listen(0, '127.0.0.1', resolve));
  const refused = start('--http', String(other.address().port));
  await new Promise((resolve) => other.close(resolve));
  assert.match(refused.err, /is taken/);
  assert.deepEqual(pids(), before);
  assert.ok(isAlive(record().services.gateway));
}

async function watchesUntilToldNotTo({ start, stack, record, runDir }) {
  const watched = () => JSON.parse(stack('status', '--json').out).prometheus;
  assert.equal(watched(), null);
  assert.equal(stack('monitor', '--interval', '7s').status, 0);
  const first = prometheusOf(runDir);
  assert.deepEqual(watched(), { state: 'ready', url: first.url });
  process.kill(first.pid, 'SIGKILL');
  assert.ok(await until(() => !isAlive(first), 20000));
  assert.equal(watched().state, 'dead');
  starts(start);
  const second = prometheusOf(runDir);
  assert.ok(isAlive(second) && second.pid !== first.pid);

  assert.equal(stack('stop').status, 0);
  assert.equal(isAlive(second), false);
  starts(start);
  const third = prometheusOf(runDir);
  assert.ok(isAlive(third));
  assert.match(third.settings, /"scrape_interval": "7s"/);
  assert.ok(third.settings.includes(new URL(record().services.org_svc.metrics).host));
  assert.match(stack('status').out, new RegExp(`prometheus +ready +${third.url}`));

  assert.equal(stack('monitor', '--stop').status, 0);
  assert.equal(isAlive(third), false);
  starts(start);
  assert.equal(watched(), null);
}

function keepsUsersInTheirSchemas({ record, runDir }) {
  const { socket } = record().database;
  const as = (schema, service, sql) => run('mariadb', ['--no-defaults', `--socket=${socket}`, `--user=${schema}`, '-BN', '-e', sql],
    { env: { ...process.env, MYSQL_PWD: fs.readFileSync(path.join(runDir, 'passwords', service), 'utf8').trim() } });
  assert.deepEqual(as('wenming_org', 'org_svc', 'SHOW DATABASES').out.trim().split('\n').sort(), ['information_schema', 'wenming_org']);
  assert.equal(as('wenming_org', 'org_svc', 'CREATE TABLE wenming_org.t (id INT)').status, 0);
  assert.notEqual(as('wenming_org', 'org_svc', 'CREATE DATABASE wenmingXorg').status, 0);
  assert.notEqual(as('wenming_activity', 'activity_svc', 'SELECT * FROM wenming_org.t').status, 0);
}

function endsEverything({ stack, pids, runDir }) {
  const before = pids();
  assert.equal(stack('stop').status, 0);
  for (const pid of Object.values(before)) assert.equal(fs.existsSync(`/proc/${pid}/fd/0`), false);
  assert.equal(stack('status').status, 3);
  assert.equal(stack('stop', '--wipe').status, 0);
  assert.equal(fs.existsSync(runDir), false);
}

test('a stack from start to end', async (t) => {
  const stack = newStack(t);
  await t.test('start brings up four processes that are ready; a second start changes nothing', () => bringsUpWhatIsReadyOnce(stack));
  await t.test('a start after a kill revives the dead one on its port and leaves the others alone', () => revivesTheDeadAlone(stack));
  await t.test('what was rebuilt is restarted, the gateway also for new descriptors', () => restartsWhatWasRebuilt(stack));
  await t.test('a migration that fails ends nothing', () => servesOnWhereAMigrationFails(stack));
  await t.test('a taken port ends nothing', () => refusesATakenPortBeforeItEndsAnything(stack));
  await t.test('Prometheus comes back with the stack until it is stopped', () => watchesUntilToldNotTo(stack));
  await t.test('each service user reaches its own schema only', () => keepsUsersInTheirSchemas(stack));
  await t.test('verify-audit asks each service, and tells of each', () => verifiesEachService(stack));
  await t.test('verify-ledger asks volunteer_svc, in words and as JSON', () => verifiesTheLedger(stack));
  await t.test('stop ends them all, --wipe leaves nothing', () => endsEverything(stack));
});

test('a taken port is named with the flag that changes it', async (t) => {
  const { start, stack } = newStack(t);
  const other = net.createServer();
  await new Promise((resolve) => other.listen(0, '127.0.0.1', resolve));
  t.after(() => other.close());
  const { port } = other.address();
  for (const refused of [start('--http', String(port)), stack('check', '--ports', 'auto', '--http', String(port))]) {
    assert.equal(refused.status, 1);
    assert.match(refused.err, new RegExp(`Port ${port} \\(HTTP\\) is taken`));
    assert.match(refused.err, /--http PORT, or WENMING_HTTP_PORT/);
  }
});

test('an option that the command does not have is refused', (t) => {
  const { stack } = newStack(t);
  for (const refused of [stack('start', '--wipe'), stack('stop', '--json'), stack('status', 'now'), stack('restart')]) {
    assert.equal(refused.status, 1);
    assert.match(refused.err, /^error: .*\n {7}.*--help/);
  }
});

test('a service that ends while starting is named with the last lines of its log', (t) => {
  const { start, directory } = newStack(t);
  fs.writeFileSync(path.join(directory, 'refuse'), 'activity_svc');
  const failed = start();
  assert.equal(failed.status, 1);
  assert.match(failed.err, /activity_svc ended while starting:\n +activity_svc: refusing, as told/);
});

test('what is not built is said before anything starts', (t) => {
  const { start, build, runDir } = newStack(t);
  fs.rmSync(path.join(build, 'bin/gateway'));
  const refused = start();
  assert.equal(refused.status, 1);
  assert.match(refused.err, /Not built yet: .*gateway/);
  assert.equal(fs.existsSync(path.join(runDir, 'stack.json')), false);
});
