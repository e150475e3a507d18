// A back end of others: its certificate at the gRPC edge, its secret for a token, and what it reaches with it.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { ROOT } from '../../tools/local/settings.mjs';
import { until } from '../../tools/story/waiting.mjs';
import { startStack } from '../support/running_stack.mjs';
import { field, unary } from './grpc_client.mjs';

const PERMISSION_DENIED = 7;
const UNAUTHENTICATED = 16;
const ISSUE = '/wenming.org.v1.ClientAuthService/IssueClientToken';
const LIST = '/wenming.volunteer.v1.VolunteersService/ListVolunteers';

let stack;
let edge;  // a gateway with TLS beside the stack's own
let address;
let certificates;
let client;  // as org_svc answered its creation

const pem = (name) => fs.readFileSync(path.join(certificates, name), 'utf8');
const as = (name) => ({ ca: pem('ca.pem'), cert: pem(`${name}.pem`), key: pem(`${name}.key`) });
const issue = (secret, tls) => unary(address, ISSUE, Buffer.concat([field(1, client.name), field(2, secret)]), {}, tls);
const list = (unit, token, tls) => unary(address, LIST, field(1, unit), { authorization: `Bearer ${token}` }, tls);

// The first field of a message, a text longer than 127 bytes or not.
function firstText(reply) {
  let length = 0;
  let at = 1;
  for (let shift = 0; ; shift += 7) {
    const byte = reply[at++];
    length |= (byte & 0x7f) << shift;
    if (byte < 0x80) return reply.subarray(at, at + length).toString();
  }
}

async function tokenOf(tls) {
  const { status, message, reply } = await issue(client.secret, tls);
  assert.equal(status, 0, message);
  return firstText(reply);
}

function startEdge() {
  const { services } = stack.record;
  const [host, port] = stack.record.grpc.split(':');
  address = `${host}:${Number(port) + 10}`;  // in the block of ports that the stack has for itself
  edge = spawn(path.join(stack.buildDir, 'bin', 'gateway'), [
    '--descriptors', path.join(stack.buildDir, 'wenming.binpb'),
    ...['org', 'volunteer', 'activity'].flatMap((name) => ['--backend', `wenming.${name}.v1=${services[`${name}_svc`].grpc}`]),
    '--http', '127.0.0.1:0', '--grpc', address,
    '--edge-tls-cert', path.join(certificates, 'edge.pem'), '--edge-tls-key', path.join(certificates, 'edge.key'),
    '--edge-client-ca', path.join(certificates, 'ca.pem'),
  ], { stdio: 'ignore' });
}

before(async () => {
  stack = await startStack({ volunteers: 3 });
  certificates = path.join(stack.directory, 'certificates');
  const thumbprints = execFileSync(path.join(ROOT, 'tools/make_certificates.sh'), [certificates, 'app', 'other'], { encoding: 'utf8' });
  startEdge();
  const admin = await stack.enter('center');
  client = await admin.post(`/v1/${stack.account('institute1').unit_name}/clients`, {
    client: { displayName: '手机应用', certificate: thumbprints.trim().split('\n').at(-2), roles: ['backend_reader'] },
  });
  await until('the edge to answer', () => issue(client.secret, as('app')).then(({ status }) => status === 0, () => false));
});
after(async () => {
  edge?.kill('SIGTERM');
  await stack?.stop();
});

test('it reads in its subtree and nowhere else', async () => {
  const token = await tokenOf(as('app'));
  const own = stack.account('institute1').unit_name;
  await until('volunteer_svc to know it', async () => (await list(own, token, as('app'))).status === 0);
  assert.equal((await list(stack.account('center').unit_name, token, as('app'))).status, PERMISSION_DENIED);
});

test('its token is good on its certificate only', async () => {
  const token = await tokenOf(as('app'));
  const own = stack.account('institute1').unit_name;
  assert.equal((await list(own, token, as('other'))).status, UNAUTHENTICATED);
  const { status, answer } = await stack.session.as(token).send('GET', `/v1/${own}/volunteers`);
  assert.deepEqual([status, answer.reason], [401, 'CLIENT_CERTIFICATE']);
});

test('nobody else gets a token, whatever he knows of it', async () => {
  assert.equal((await issue(client.secret, as('other'))).status, UNAUTHENTICATED);
  assert.equal((await issue('x'.repeat(43), as('app'))).status, UNAUTHENTICATED);
  const claimed = { client: client.name, clientSecret: client.secret };
  const headers = { 'x-wenming-client-certificate': client.certificate };
  const { status, answer } = await stack.session.send('POST', '/v1/auth:clientCredentials', claimed, headers);
  assert.deepEqual([status, answer.reason], [401, 'CLIENT_CERTIFICATE']);
});

test('without a certificate of the authority there is no connection', async () => {
  await assert.rejects(issue(client.secret, { ca: pem('ca.pem') }));
});

test('shut out, it is refused within five seconds, token or not', async () => {
  const token = await tokenOf(as('app'));
  const own = stack.account('institute1').unit_name;
  const admin = await stack.enter('center');
  await admin.post(`/v1/${client.name}:disable`, {});
  await until('the token to be refused', async () => (await list(own, token, as('app'))).status === UNAUTHENTICATED, 5000);
  assert.equal((await issue(client.secret, as('app'))).status, UNAUTHENTICATED);
});
