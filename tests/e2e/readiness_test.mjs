// No service is ready on a database that hangs, or that would lose what it acknowledges, whenever that shows; it says which
// setting, and takes a flag that allows it. It is alive all the while.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { query } from '../../tools/local/database.mjs';
import { end, isAlive, launch, until } from '../../tools/local/process.mjs';
import { STORES, isReady } from '../../tools/local/services.mjs';
import { ROOT } from '../../tools/local/settings.mjs';
import { startStack } from '../support/running_stack.mjs';
import { field, unary } from './grpc_client.mjs';

const WAIT = 60000;

let stack;
let again;  // org_svc, started once more by the test
before(async () => { stack = await startStack({ durable: true }); });
after(async () => {
  await end(again);
  await stack?.stop();
});

const set = (setting) => query(stack.record.database.socket, `SET GLOBAL ${setting}`);
const services = () => Object.keys(STORES).map((name) => [name, stack.record.services[name]]);
const readiness = () => Promise.all(services().map(([name, { metrics }]) => isReady(name, metrics)));
const becomes = (ready) => until(async () => (await readiness()).every((each) => each === ready), WAIT);
const told = (log) => fs.readFileSync(log, 'utf8').split('\n').filter((line) => line.includes('"setting"')).map((line) => JSON.parse(line));
const doctor = () => spawnSync(path.join(ROOT, 'wenming'), ['doctor', '--run-dir', stack.runDir], { encoding: 'utf8' });

// grpc.health.v1: true where the service says SERVING of `what`.
async function isServing({ grpc }, what) {
  const { status, reply } = await unary(grpc, '/grpc.health.v1.Health/Check', field(1, what));
  assert.equal(status, 0);
  return reply.equals(Buffer.from([0x08, 0x01]));
}

// The gateway has lost its connections to that service, and takes traffic for the others all the same.
async function assertGatewayServesWithout(name) {
  const { gateway, [name]: { grpc } } = stack.record.services;
  const page = (what) => fetch(`${gateway.metrics}/${what}`);
  assert.ok(await until(async () => (await (await page('metrics')).text()).includes(`gateway_backend_connections{backend="${grpc}"} 0\n`), WAIT));
  assert.equal((await page('readyz')).status, 200);
  assert.equal(await isReady('gateway', gateway.metrics), false, 'what starts a stack waits for all of it');
}

test('a database that hangs ends readiness, and no life', async () => {
  const pid = Number(fs.readFileSync(path.join(stack.runDir, 'db/mariadbd.pid'), 'utf8'));
  process.kill(pid, 'SIGSTOP');
  try {
    assert.ok(await becomes(false), 'every service refuses');
    for (const [name, service] of services()) {
      assert.deepEqual([await isServing(service, 'ready'), await isServing(service, 'alive'), await isServing(service, '')],
        [false, true, true], name);
    }
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  assert.ok(await becomes(true), 'without a restart');
});

test('a setting that loses commits ends readiness, and its correction brings it back', async () => {
  assert.match(doctor().stdout, /the database keeps what it acknowledges/);
  set('innodb_flush_log_at_trx_commit = 2');
  assert.ok(await becomes(false), 'every service refuses');
  for (const [name, { log }] of services()) {
    const lines = told(log);
    assert.equal(lines.length, 1, `${name} says it once`);
    assert.deepEqual([lines[0].severity, lines[0].setting, lines[0].value, lines[0].should],
      ['ERROR', 'innodb_flush_log_at_trx_commit', '2', '1']);
    assert.match(lines[0].message, /--allow-unsafe-database/);
    assert.match(lines[0].why, /loses/);
  }
  const { status, stdout } = doctor();
  assert.equal(status, 1);
  assert.match(stdout, /innodb_flush_log_at_trx_commit=2: a crash loses/);
  set('innodb_flush_log_at_trx_commit = 1');
  assert.ok(await becomes(true), 'without a restart');
});

test('a service that starts on such a database is not ready, but for the flag that allows it', async () => {
  set('innodb_flush_log_at_trx_commit = 0');
  assert.ok(await becomes(false));
  const { binary, args, metrics, pid, started, log } = stack.record.services.org_svc;
  await end({ pid, started });
  await assertGatewayServesWithout('org_svc');
  again = launch(binary, args, log);
  assert.ok(await until(() => told(log).length > 0, WAIT));
  assert.ok(await until(() => isServing(stack.record.services.org_svc, '').catch(() => false), WAIT));
  assert.ok(isAlive(again) && !(await isReady('org_svc', metrics)));
  await end(again);
  again = launch(binary, [...args, '--allow-unsafe-database'], log);
  assert.ok(await until(() => isReady('org_svc', metrics), WAIT));
  assert.match(told(log)[0].message, /is allowed/);
});
