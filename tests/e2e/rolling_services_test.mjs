// Two replicas of a service behind a gateway: one after the other ends and comes back under load, by the gentle way and by
// the hard one, and no request fails that may be made twice.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import http from 'node:http';
import path from 'node:path';
import readline from 'node:readline';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { end, isAlive } from '../../tools/local/process.mjs';
import { until } from '../../tools/story/waiting.mjs';
import { Revival } from '../support/revival.mjs';
import { startStack } from '../support/running_stack.mjs';
import { field, unary } from './grpc_client.mjs';

const GET_UNIT = '/wenming.org.v1.UnitsService/GetUnit';
const APART = 10;  // a second port stands this far from the first, in the block that the stack has for itself
// Long enough for the gateway to hear of it on a busy machine.
const DRAIN_DELAY = '--drain-delay=2s';

let stack;
let center;
let admin;     // of the center
let parent;    // a team for new ones to belong to
let replicas;  // of org_svc: { binary, args, metrics, log, running }
let gateway;
let web;    // HOST:PORT
let edge;
let metrics;  // of the gateway, likewise
const revival = new Revival();
let created = 0;

const moved = (address) => address.replace(/\d+$/, (port) => Number(port) + APART);

// How many connections of the gateway there are to each replica while it is ready.
async function connections() {
  const page = await (await fetch(`http://${metrics}/metrics`)).text();
  return [...page.matchAll(/^gateway_backend_ready\{backend="(.*)"\} (\d+)$/gm)]
    .filter(([, address]) => replicas.some(({ grpc }) => grpc === address)).map(([, , count]) => Number(count));
}

async function isConnectedToAll() {
  const counts = await connections();
  return counts.length === replicas.length && counts.every((count) => count > 0);
}

async function revive(replica) {
  const { ready, running } = await revival.revive('org_svc', replica, replica.running);
  assert.ok(ready);
  replica.running = running;
  await until('the gateway to find it', isConnectedToAll);
}

async function startGateway() {
  const { services } = stack.record;
  gateway = spawn(path.join(stack.buildDir, 'bin', 'gateway'), [
    '--descriptors', path.join(stack.buildDir, 'wenming.binpb'),
    ...replicas.flatMap(({ grpc }) => ['--backend', `wenming.org.v1=${grpc}`]),
    ...['volunteer', 'activity'].flatMap((name) => ['--backend', `wenming.${name}.v1=${services[`${name}_svc`].grpc}`]),
    '--http', web, '--grpc', edge, '--metrics', '127.0.0.1:0', '--caller-rate=0', '--threads=1',
  ], { stdio: ['ignore', 'pipe', 'inherit'] });
  readline.createInterface({ input: gateway.stdout }).on('line', (line) => {
    const { metrics: port } = JSON.parse(line);
    if (port) metrics = `127.0.0.1:${port}`;
  });
  await until('the gateway to be connected', async () => metrics && isConnectedToAll());
}

function request(agent, method, target, headers = {}, body = '') {
  return new Promise((resolve, reject) => {
    const [host, port] = web.split(':');
    const sent = http.request({ host, port, agent, method, path: target, headers }, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('end', () => resolve({ status: answer.statusCode, text: Buffer.concat(chunks).toString() }));
      answer.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

// Calls of all kinds until stop(): reads over HTTP and gRPC, and changes with a key to repeat them by.
function startLoad() {
  const counts = { good: 0, bad: [] };
  const agent = new http.Agent({ keepAlive: true });
  let stopped = false;
  const repeat = async (call) => {
    while (!stopped) {
      try {
        await call();
        ++counts.good;
      } catch (error) {
        counts.bad.push(error.message);
      }
    }
  };
  const read = async () => {
    const { status, text } = await request(agent, 'GET', `/v1/${center.unit_name}`);
    assert.equal(status, 200, text);
  };
  const readByGrpc = async () => {
    const { status, message } = await unary(edge, GET_UNIT, field(1, center.unit_name));
    assert.equal(status, 0, message);
  };
  const create = async () => {
    const code = `R${++created}`;
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${admin.token}`, 'idempotency-key': `${process.pid}-${code}` };
    const team = { code, tier: 'TIER_SQUAD', parent: parent.name, unit: parent.unit, displayName: '轮换中的小分队' };
    const { status, text } = await request(agent, 'POST', '/v1/teams', headers, JSON.stringify(team));
    assert.equal(status, 200, text);
    await pause(5);
  };
  const callers = [read, read, read, readByGrpc, readByGrpc, create].map(repeat);
  return {
    counts,
    async stop() {
      stopped = true;
      await Promise.all(callers);
      agent.destroy();
    },
  };
}

async function roll(signal, rounds) {
  const load = startLoad();
  for (let round = 0; round < rounds; ++round) {
    const replica = replicas[round % replicas.length];
    const begun = load.counts.good;
    await until('calls to be answered', () => load.counts.good > begun + 50);
    process.kill(replica.running.pid, signal);
    await until('it to end', () => !isAlive(replica.running));
    await revive(replica);
  }
  const begun = load.counts.good;
  await until('calls to be answered', () => load.counts.good > begun + 50);
  await load.stop();
  assert.deepEqual(load.counts.bad, []);
}

before(async () => {
  stack = await startStack({ volunteers: 0 });
  center = stack.account('center');
  admin = await stack.enter('center');
  [parent] = await admin.list('/v1/teams?tier=TIER_SPECIAL', 'teams');
  const { services, http: front, grpc } = stack.record;
  const { org_svc: org } = services;
  web = moved(new URL(front).host);
  edge = moved(grpc);
  const shifted = (argument) => (/^--(grpc|metrics)=/.test(argument) ? moved(argument) : argument);
  replicas = [
    { ...org, args: [...org.args, DRAIN_DELAY] },
    { ...org, grpc: moved(org.grpc), metrics: moved(org.metrics), args: [...org.args.map(shifted), DRAIN_DELAY], log: `${org.log}.second` },
  ];
  await end({ pid: org.pid, started: org.started });
  for (const replica of replicas) {
    const { ready, running } = await revival.revive('org_svc', replica);
    assert.ok(ready);
    replica.running = running;
  }
  await startGateway();
});
after(async () => {
  gateway?.kill('SIGTERM');
  await Promise.all((replicas ?? []).map(({ running }) => end(running)));
  await revival.stop();
  await stack?.stop();
});

test('no request fails while each replica is restarted in its turn', () => roll('SIGTERM', 4));

test('no request that may be made twice fails when a replica is killed', () => roll('SIGKILL', 4));
