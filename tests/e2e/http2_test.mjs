// Node's own HTTP/2 and HTTPS clients at the gateway's HTTP port, also while one gateway follows another on the same ports.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http2 from 'node:http2';
import https from 'node:https';
import path from 'node:path';
import readline from 'node:readline';
import { after, before, test } from 'node:test';
import { ROOT } from '../../tools/local/settings.mjs';
import { until } from '../../tools/story/waiting.mjs';
import { startStack } from '../support/running_stack.mjs';
import { field, unary } from './grpc_client.mjs';

const GET_UNIT = '/wenming.org.v1.UnitsService/GetUnit';
const gateways = [];

let stack;
let center;
let certificates;
let ca;
let web;   // HOST:PORT of HTTP with TLS
let grpc;

// Starts a gateway and waits until it is ready by its own word.
async function startGateway() {
  const { services } = stack.record;
  const child = spawn(path.join(stack.buildDir, 'bin', 'gateway'), [
    '--descriptors', path.join(stack.buildDir, 'wenming.binpb'),
    ...['org', 'volunteer', 'activity'].flatMap((name) => ['--backend', `wenming.${name}.v1=${services[`${name}_svc`].grpc}`]),
    '--http', web, '--grpc', grpc, '--metrics', '127.0.0.1:0',
    '--tls-cert', path.join(certificates, 'edge.pem'), '--tls-key', path.join(certificates, 'edge.key'),
    '--share-ports=on', '--drain-delay=1s',
  ], { stdio: ['ignore', 'pipe', 'inherit'] });
  gateways.push(child);
  let admin;
  readline.createInterface({ input: child.stdout }).on('line', (line) => { admin ??= JSON.parse(line).metrics; });
  await until('the gateway to be ready', () => admin !== undefined
    && fetch(`http://127.0.0.1:${admin}/readyz`).then(({ ok }) => ok, () => false));
  return child;
}

function connect() {
  const session = http2.connect(`https://${web}`, { ca });
  session.on('error', () => {});
  return session;
}

function request(session, target, headers = {}, body = '') {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':path': target, ...headers }, { endStream: body === '' });
    const chunks = [];
    let head;
    stream.on('response', (received) => { head = received; });
    stream.on('data', (chunk) => chunks.push(chunk));
    stream.on('error', reject);
    stream.on('end', () => (head ? resolve({ status: head[':status'], headers: head, text: Buffer.concat(chunks).toString() })
      : reject(new Error('no answer'))));
    if (body !== '') stream.end(body);
  });
}

function getByHttp1(agent, target) {
  return new Promise((resolve, reject) => {
    https.get(`https://${web}${target}`, { agent, ca }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer));
      answer.on('error', reject);
    }).on('error', reject);
  });
}

before(async () => {
  stack = await startStack({ volunteers: 0 });
  center = stack.account('center');
  certificates = path.join(stack.directory, 'certificates');
  execFileSync(path.join(ROOT, 'tools/make_certificates.sh'), [certificates]);
  ca = fs.readFileSync(path.join(certificates, 'ca.pem'));
  const [host, port] = stack.record.grpc.split(':');
  web = `${host}:${Number(port) + 10}`;  // in the block of ports that the stack has for itself
  grpc = `${host}:${Number(port) + 11}`;
  await startGateway();
});
after(async () => {
  for (const gateway of gateways) gateway.kill('SIGTERM');
  await stack?.stop();
});

test('many requests on one connection are answered, each its own', async () => {
  const session = connect();
  const units = await Promise.all(Array.from({ length: 50 }, (_, i) => request(session, `/v1/${center.unit_name}`, { 'x-request-id': `request-${i}` })));
  units.forEach(({ status, headers, text }, i) => {
    assert.equal(status, 200);
    assert.equal(headers['x-request-id'], `request-${i}`);
    assert.equal(JSON.parse(text).name, center.unit_name);
  });
  const refused = await request(session, '/v1/units/0123456789ABC');
  assert.deepEqual([refused.status, JSON.parse(refused.text).reason], [404, 'NOT_FOUND']);
  const document = await request(session, '/openapi.json');
  assert.equal(Buffer.byteLength(document.text), Number(document.headers['content-length']));
  assert.equal(JSON.parse(document.text).openapi, '3.1.0');
  session.close();
  await once(session, 'close');
});

test('a body goes up, and one that is too large is refused while it does', async () => {
  const session = connect();
  const post = { ':method': 'POST', 'content-type': 'application/json' };
  const wrong = await request(session, '/v1/auth:password', post, JSON.stringify({ login: 'center', password: 'x'.repeat(100) }));
  assert.ok(wrong.status >= 400 && wrong.status < 500);
  const large = await request(session, '/v1/auth:password', post, ' '.repeat(5 << 20));
  assert.equal(large.status, 413);
  assert.equal((await request(session, '/healthz')).text, 'ok\n');
  session.close();
});

test('HTTP/1.1 is spoken on the same port', async () => {
  const answer = await getByHttp1(new https.Agent({ maxCachedSessions: 0 }), `/v1/${center.unit_name}`);
  assert.deepEqual([answer.statusCode, answer.httpVersion], [200, '1.1']);
});

test('no request fails while one gateway follows another', async () => {
  const target = `/v1/${center.unit_name}`;
  const counts = { good: 0, bad: [] };
  let stop = false;
  const load = async (call) => {
    while (!stop) {
      try {
        await call();
        ++counts.good;
      } catch (error) {
        counts.bad.push(error.message);
      }
    }
  };
  let session = connect();
  const agent = new https.Agent({ keepAlive: true, maxSockets: 2 });
  // A stream that was opened before the last GOAWAY was heard of is refused, not begun: a client may send it again (RFC 9113
  // section 8.7).
  const getByHttp2 = async () => {
    if (session.closed || session.destroyed) session = connect();
    const used = session;
    return request(used, target).catch((error) => {
      if (!/NGHTTP2_REFUSED_STREAM/.test(error.message)) throw error;
      used.close();
      return getByHttp2();
    });
  };
  const callers = [
    ...Array.from({ length: 3 }, () => load(async () => assert.equal((await getByHttp2()).status, 200))),
    ...Array.from({ length: 3 }, () => load(async () => assert.equal((await getByHttp1(agent, target)).statusCode, 200))),
    load(async () => assert.equal((await unary(grpc, GET_UNIT, field(1, center.unit_name))).status, 0)),
  ];
  for (let round = 0; round < 2; ++round) {
    const old = gateways.at(-1);
    await startGateway();
    const ended = once(old, 'exit');
    old.kill('SIGTERM');
    assert.deepEqual(await ended, [0, null]);
    const before = counts.good;
    await until('the next one to answer', () => counts.good > before + 50);
  }
  stop = true;
  await Promise.all(callers);
  session.close();
  agent.destroy();
  assert.deepEqual(counts.bad, []);
});
