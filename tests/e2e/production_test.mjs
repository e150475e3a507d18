// A stack without --dev: no log-in without proof, no clock that a caller sets, and the demo says so.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { secretFile } from '../../tools/local/database.mjs';
import { ROOT } from '../../tools/local/settings.mjs';
import { unary } from './grpc_client.mjs';
import { logIn } from '../../tools/story/staff.mjs';
import { startStack } from '../support/running_stack.mjs';
import { enrol, totpCode } from '../support/second_factor.mjs';

const INVALID_ARGUMENT = 3;

let stack;
let volunteer;
let secret;
let code;
before(async () => {
  stack = await startStack({ volunteers: 1 });
  await stack.revive('--no-dev');
  const { password } = stack.account('center');
  secret = await enrol(stack.session, 'center', password);
  code = totpCode(secret);
  const center = await logIn(stack.session, 'center', password, code);
  ({ volunteers: [volunteer] } = await center.get(`/v1/${stack.account('center').unit_name}/volunteers`));
});
after(() => stack?.stop());

test('nobody logs in without proof', async () => {
  const { status, answer } = await stack.session.send('POST', '/v1/auth:development', { volunteer: volunteer.name });
  assert.deepEqual([status, answer.reason], [403, 'DEVELOPMENT_ONLY']);
});

test('administrators log in with a second factor', async () => {
  const refusal = async (username, password, shown) => {
    const { answer } = await stack.session.send('POST', '/v1/auth:password', { username, password, totpCode: shown });
    return answer.reason;
  };
  const { password } = stack.account('center');
  assert.equal(await refusal('center', password), 'SECOND_FACTOR_REQUIRED');
  assert.equal(await refusal('center', password, code), 'BAD_SECOND_FACTOR', 'a code is good once');
  assert.ok(await logIn(stack.session, 'center', password, totpCode(secret, new Date(), 1)));
  const { admin } = stack.record;
  assert.equal(await refusal(admin.login, secretFile(admin.password_file)), 'SECOND_FACTOR_NOT_ENROLLED');
  assert.ok(await stack.enter('station1'), 'who administers nothing needs none');
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
