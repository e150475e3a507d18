// A release takes the place of the one before on two replicas of each service and on the gateway, under load and as in a
// cluster: its migrations run while the old one serves, both serve together, and there is a way back on the new schema. No
// request fails, and whatever was acknowledged is there in the end.
//
// The old release is the build under test and the new one its next_release. Where WENMING_OLD_BUILD_DIR names the build of an
// earlier release, that one is the old one and the build under test the new one.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { STORES, isReady } from '../../tools/local/services.mjs';
import { Replicas, answeredBy, versionOf } from '../support/replicas.mjs';
import { startStack } from '../support/running_stack.mjs';
import { Client, Load } from './load.mjs';
import { OrgCalls } from './org_calls.mjs';
import { VolunteerCalls } from './volunteer_calls.mjs';

const execute = promisify(execFile);
const BUILD = process.env.WENMING_BUILD_DIR;
const EARLIER = process.env.WENMING_OLD_BUILD_DIR;
const [OLD, NEW] = EARLIER ? [EARLIER, BUILD] : [BUILD, path.join(BUILD, 'next_release')];

let stack;
let replicas;
let client;
let org;
let volunteers;
let load;

before(async () => {
  stack = await startStack({ volunteers: 3, buildDir: OLD });
  replicas = await Replicas.start(stack, Object.keys(STORES));
  client = new Client(stack.record.http);
  org = await OrgCalls.of(stack, client);
  volunteers = await VolunteerCalls.ofAll(stack, client);
  const { readUnit, readUnitByGrpc, createTeam } = org;
  const [{ readProfile, changeSkills, readShiftByGrpc }] = volunteers;
  const takePlaces = Object.fromEntries(volunteers.map(({ takePlace }, i) => [`takePlace ${i}`, takePlace]));
  load = new Load({ readUnit, readUnitByGrpc, createTeam, readProfile, changeSkills, readShiftByGrpc, ...takePlaces });
});
after(async () => {
  await load?.stop();
  client?.close();
  await replicas?.stop();
  await stack?.stop();
});

// Runs a service's program of a release as the Job of k8s/base/*/migration.yaml does: with its database and nothing else.
function migrate({ name, args }, buildDir) {
  return execute(path.join(buildDir, 'bin', name), ['--migrate', ...args.filter((argument) => argument.startsWith('--db-'))]);
}

const replace = (some, buildDir) => Promise.all(some.map((replica) => replicas.restart(replica, { buildDir })));

// All replicas are ready and get calls, and every kind of call has succeeded meanwhile, and no call has ever failed.
async function assertAllServe() {
  const answered = () => Promise.all(replicas.all.map(answeredBy));
  const before = await answered();
  await load.flows(20);
  assert.deepEqual(load.failures, []);
  const more = (await answered()).map((count, i) => count - before[i]);
  assert.ok(more.every((count) => count > 0), `answers of each replica: ${more}`);
  const ready = await Promise.all(replicas.all.map(({ name, metrics }) => isReady(name, metrics)));
  assert.ok(ready.every(Boolean), `who is ready: ${ready}`);
}

async function startsOnlyOnItsSchema() {
  for (const { name, args } of replicas.firsts) {
    const elsewhere = args.filter((argument) => !/^--(grpc|metrics)=/.test(argument));
    await assert.rejects(execute(path.join(NEW, 'bin', name), elsewhere), ({ stdout }) => /has not been applied/.test(stdout));
  }
}

async function migratesBesideTheOld() {
  for (const replica of replicas.firsts) await migrate(replica, NEW);
  await assertAllServe();
}

async function servesBesideTheOld() {
  await replace(replicas.firsts, NEW);
  await assertAllServe();
  await replicas.replaceGateway(NEW);
  await assertAllServe();
}

async function tellsItsVersion() {
  for (const [i, first] of replicas.firsts.entries()) {
    assert.equal(await versionOf(first), `${await versionOf(replicas.seconds[i])}-next`);
  }
  assert.equal(await versionOf(replicas.gateway), await versionOf(replicas.firsts[0]));
}

async function servesAlone() {
  await replace(replicas.seconds, NEW);
  await assertAllServe();
}

async function letsTheOldComeBack() {
  for (const replica of replicas.firsts) await migrate(replica, OLD);
  await replace(replicas.firsts, OLD);
  await replicas.replaceGateway(OLD);
  await assertAllServe();
}

test('a release takes the place of the one before it, and lets it come back, without a failed request', async () => {
  await assertAllServe();
  // Not every release brings a migration and a version of its own.
  if (!EARLIER) await startsOnlyOnItsSchema();
  await migratesBesideTheOld();
  await servesBesideTheOld();
  if (!EARLIER) await tellsItsVersion();
  await servesAlone();
  await letsTheOldComeBack();
});

test('whatever was acknowledged is there, once', async () => {
  await load.stop();
  assert.deepEqual(load.failures, []);
  assert.deepEqual((await org.createdCodes()).sort(), [...org.codes].sort());
  assert.deepEqual(await volunteers[0].skills(), [`第${volunteers[0].skill}项`]);
  for (const each of volunteers) assert.deepEqual(await each.registrations(), each.states);
  const { ok, told } = await stack.verify('verify-audit');
  assert.ok(ok, told);
});
