// Volunteers log in as they do with the mini-program: WeChat's place is taken by a stand-in of ours. In the end no log and no
// metric has heard of a secret, a code, a token or a phone.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { consentDocuments } from '../../tools/story/people.mjs';
import { until } from '../../tools/story/waiting.mjs';
import { checkDigit } from '../../tools/volunteers.mjs';
import { startStack } from '../support/running_stack.mjs';

// As tests/support/wechat_stand_in.h has them.
const SECRET = 'stand-in-secret-4fd1c0';
const SESSION_KEY = 'c2Vzc2lvbi1rZXktY2FuYXJ5LTAx';
const APP = 'wx-e2e';
const PHONE = '12487654321';
const ID_NUMBER = '99999919800101123';

let stack;
let standIn;
let unit;
let nonce = 0;
const tokens = [];

const wechatCode = () => `ok:openid-canary:unionid-canary:${++nonce}`;
const phoneCode = (phone = PHONE) => `phone:${phone}:86:${APP}:${++nonce}`;

async function logIn(where, body) {
  const answer = await stack.session.post(where, body);
  tokens.push(answer.tokens.accessToken, answer.tokens.refreshToken);
  return answer;
}

const logs = () => fs.readdirSync(path.join(stack.runDir, 'log')).map((name) => fs.readFileSync(path.join(stack.runDir, 'log', name), 'utf8')).join('');
const refusal = async (where, body) => {
  const { status, answer } = await stack.session.send('POST', where, body);
  return [status, answer.reason];
};

before(async () => {
  stack = await startStack({ volunteers: 0 });
  standIn = spawn(path.join(stack.buildDir, 'bin/wechat_stand_in'), ['0'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [url] = await once(createInterface({ input: standIn.stdout }), 'line');
  const secret = path.join(stack.directory, 'wechat.secret');
  fs.writeFileSync(secret, `${SECRET}\n`, { mode: 0o600 });
  await stack.revive('--wechat-url', url, '--wechat-app-id', APP, '--wechat-secret-file', secret);
  unit = stack.account('center').unit_name;
});
after(async () => {
  standIn?.stdin.end();
  await stack?.stop();
});

test('somebody unknown is asked for the phone, and then to register', async () => {
  assert.deepEqual(await refusal('/v1/auth:wechat', { code: wechatCode() }), [400, 'PHONE_NEEDED']);
  assert.deepEqual(await refusal('/v1/auth:wechat', { code: wechatCode(), phoneCode: phoneCode() }), [404, 'NOT_REGISTERED']);
});

test('what WeChat refuses is said in its own words', async () => {
  const expected = {
    'errcode:40029': [400, 'WECHAT_CODE_INVALID'],
    'errcode:40226': [403, 'WECHAT_USER_BLOCKED'],
    'errcode:45011': [503, 'WECHAT_TOO_FREQUENT'],
    'errcode:-1': [503, 'WECHAT_UNAVAILABLE'],
    garbage: [503, 'WECHAT_UNAVAILABLE'],
    truncated: [503, 'WECHAT_UNAVAILABLE'],
    oversized: [503, 'WECHAT_UNAVAILABLE'],
  };
  for (const [code, answer] of Object.entries(expected)) assert.deepEqual(await refusal('/v1/auth:wechat', { code }), answer, code);
});

test('a slow WeChat is given up after five seconds', async () => {
  const began = Date.now();
  assert.deepEqual(await refusal('/v1/auth:wechat', { code: 'slow' }), [503, 'WECHAT_UNAVAILABLE']);
  assert.ok(Date.now() - began > 4000, 'it was not given the time it has');
});

test('who registers by WeChat is in, and is known from then on', async () => {
  const documents = await consentDocuments(stack.session, unit);
  const registered = await logIn(`/v1/${unit}/volunteers:register`, {
    displayName: '王小明',
    idDocument: { idType: 'ID_TYPE_RESIDENT', idNumber: ID_NUMBER + checkDigit(ID_NUMBER) },
    consentDocuments: [documents.get('KIND_PERSONAL_DATA'), documents.get('KIND_SENSITIVE_DATA')],
    channel: 'CHANNEL_MINI_PROGRAM',
    wechat: { code: wechatCode(), phoneCode: phoneCode() },
    device: 'e2e',
  });
  const again = await logIn('/v1/auth:wechat', { code: wechatCode() });
  assert.equal(again.volunteer.name, registered.volunteer.name);
  const me = await stack.session.as(again.tokens.accessToken).get(`/v1/${again.volunteer.name}`);
  assert.equal(me.phone, '124****4321');
});

test('a one-time code logs in once', async () => {
  await stack.session.post('/v1/auth:requestPhoneCode', { phone: PHONE });
  assert.deepEqual(await refusal('/v1/auth:requestPhoneCode', { phone: PHONE }), [429, 'CODE_TOO_SOON']);
  const [, code] = await until('the code in the log', () => logs().match(/"code":"(\d{6})"/));
  const { volunteer } = await logIn('/v1/auth:phone', { phone: PHONE, code });
  assert.equal(volunteer.phone, '124****4321');
  assert.deepEqual(await refusal('/v1/auth:phone', { phone: PHONE, code }), [400, 'BAD_CODE']);
});

test('sessions are renewed, listed and ended everywhere', async () => {
  const { volunteer, tokens: first } = await logIn('/v1/auth:wechat', { code: wechatCode() });
  const { tokens: second } = await logIn('/v1/volunteerSessions:refresh', { refreshToken: first.refreshToken });
  const me = stack.session.as(second.accessToken);
  const { sessions } = await me.get('/v1/volunteerSessions');
  assert.equal(sessions.filter(({ current }) => current).length, 1);
  assert.equal(sessions.find(({ current }) => current).proof, 'PROOF_WECHAT');
  await me.post('/v1/volunteerSessions:logOut');
  await until('the token to be refused', async () => {
    const { status } = await me.send('GET', `/v1/${volunteer.name}`);
    return status === 401;
  }, 5000);
  const { status } = await stack.session.send('POST', '/v1/volunteerSessions:refresh', { refreshToken: second.refreshToken });
  assert.equal(status, 401);
});

test('no log and no metric tells what nobody else may know', async () => {
  const metrics = await Promise.all(Object.values(stack.record.services).map(async ({ metrics: url }) => (await fetch(`${url}/metrics`)).text()));
  const said = logs() + metrics.join('');
  assert.match(said, /wenming_wechat_calls_total\{call="code2session",outcome="ok"\}/);
  const secrets = [SECRET, SESSION_KEY, PHONE, ID_NUMBER, 'openid-canary', 'unionid-canary', 'stand-in-access-token', ...tokens];
  for (const secret of secrets) assert.ok(!said.includes(secret), `${secret.slice(0, 12)}… was said`);
});
