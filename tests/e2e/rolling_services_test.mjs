// Two replicas of a service behind a gateway: one after the other ends and comes back under load, by the gentle way and by
// the hard one, and no request fails that may be made twice.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Replicas } from '../support/replicas.mjs';
import { startStack } from '../support/running_stack.mjs';
import { Client, Load } from './load.mjs';
import { OrgCalls } from './org_calls.mjs';

let stack;
let replicas;
let client;
let org;

before(async () => {
  stack = await startStack({ volunteers: 0 });
  replicas = await Replicas.start(stack, ['org_svc']);
  client = new Client(stack.record.http);
  org = await OrgCalls.of(stack, client);
});
after(async () => {
  client?.close();
  await replicas?.stop();
  await stack?.stop();
});

async function roll(signal, rounds) {
  const { readUnit, readUnitByGrpc, createTeam } = org;
  const load = new Load({ readUnit, readAgain: readUnit, readUnitByGrpc, readAgainByGrpc: readUnitByGrpc, createTeam });
  for (let round = 0; round < rounds; ++round) {
    await load.flows(10);
    await replicas.restart(replicas.all[round % replicas.all.length], { signal });
  }
  await load.flows(10);
  await load.stop();
  assert.deepEqual(load.failures, []);
}

test('no request fails while each replica is restarted in its turn', () => roll('SIGTERM', 4));

test('no request that may be made twice fails when a replica is killed', () => roll('SIGKILL', 4));
