// A stack without --dev: no log-in without proof, no clock that a caller sets, and the demo says so.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { ROOT } from '../../tools/local/settings.mjs';
import { unary } from './grpc_client.mjs';
import { startStack } from '../support/running_stack.mjs';

const INVALID_ARGUMENT = 3;

let stack;
let volunteer;
before(async () => {
  stack = await startStack({ volunteers: 1 });
  await stack.revive('--no-dev');
  const center = await stack.enter('center');
  ({ volunteers: [volunteer] } = await center.get(`/v1/${stack.account('center').unit_name}/volunteers`));
});
after(() => stack?.stop());

test('nobody logs in without proof', async () => {
  const { status, answer } = await stack.session.send('POST', '/v1/auth:development', { volunteer: volunteer.name });
  assert.deepEqual([status, answer.reason], [403, 'DEVELOPMENT_ONLY']);
});

test('no caller sets the clock, neither at the gateway nor at a service', async () => {
  const path_ = `/v1/${stack.account('center').unit_name}`;
  const { status } = await stack.session.at(new Date('2031-05-01T00:00:00Z')).send('GET', path_);
  assert.equal(status, 200, 'the gateway drops the header');
  const direct = await unary(stack.record.services.org_svc.grpc, '/wenming.org.v1.UnitsService/ListUnits', Buffer.alloc(0),
    { 'x-wenming-now': '2031-05-01T00:00:00Z' });
  assert.equal(direct.status, INVALID_ARGUMENT, direct.message);
});

test('the demo says what it needs', async () => {
  const said = await new Promise((resolve) => {
    execFile(process.execPath, [path.join(ROOT, 'tools/demo.mjs'), '--run-dir', stack.runDir],
      (error, out, err) => resolve({ status: error?.code ?? 0, err }));
  });
  assert.equal(said.status, 1);
  assert.match(said.err, /without the development log-in/);
});
