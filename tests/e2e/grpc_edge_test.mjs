// The gRPC edge of the gateway, called by a client that shares no code with it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startStack } from '../support/running_stack.mjs';
import { field, unary } from './grpc_client.mjs';

const NOT_FOUND = 5;
const UNIMPLEMENTED = 12;
const UNAUTHENTICATED = 16;
const GET_UNIT = '/wenming.org.v1.UnitsService/GetUnit';

let stack;
let center;
before(async () => {
  stack = await startStack({ volunteers: 0 });
  center = stack.account('center');
});
after(() => stack?.stop());

test('a public method answers', async () => {
  const { status, reply } = await unary(stack.record.grpc, GET_UNIT, field(1, center.unit_name));
  assert.equal(status, 0);
  assert.ok(reply.includes(field(1, center.unit_name)), 'the name of the unit');
  assert.ok(reply.includes(field(2, 'HT')), 'its code');
  assert.ok(reply.includes(field(5, center.unit)), 'its display name');
});

test('what is not there is NOT_FOUND with details, in the language asked for', async () => {
  const { status, headers } = await unary(stack.record.grpc, GET_UNIT, field(1, 'units/0123456789ABC'), { 'accept-language': 'en' });
  assert.equal(status, NOT_FOUND);
  const details = Buffer.from(headers['grpc-status-details-bin'], 'base64');
  assert.ok(details.includes('NOT_FOUND') && details.includes('wenming'), 'ErrorInfo');
  assert.ok(details.includes('Not found: units/0123456789ABC'), 'LocalizedMessage');
});

test('a method for staff wants a token, and takes one', async () => {
  const method = '/wenming.org.v1.StaffService/GetMyAccount';
  assert.equal((await unary(stack.record.grpc, method, Buffer.alloc(0))).status, UNAUTHENTICATED);
  const { token } = await stack.enter('station1');
  const { status, reply } = await unary(stack.record.grpc, method, Buffer.alloc(0), { authorization: `Bearer ${token}` });
  assert.equal(status, 0);
  assert.ok(reply.includes(field(2, 'station1')));
});

test('what the services tell each other is not forwarded', async () => {
  for (const method of ['wenming.org.v1.DirectoryService/Watch', 'wenming.events.v1.EventsService/Subscribe', 'wenming.org.v1.Moons/Get']) {
    assert.equal((await unary(stack.record.grpc, `/${method}`, Buffer.alloc(0))).status, UNIMPLEMENTED, method);
  }
});
