// The end of a session is known in every service within five seconds: log-out, password change, disablement, revocation.

import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { after, before, test } from 'node:test';
import { logIn } from '../../tools/story/staff.mjs';
import { until } from '../../tools/story/waiting.mjs';
import { startStack } from '../support/running_stack.mjs';

const LIMIT = 5000;

let stack;
before(async () => {
  stack = await startStack({ volunteers: 1 });
});
after(() => stack?.stop());

// A read in each service that every caller may do whose token is good.
const READS = {
  org_svc: () => '/v1/roles',
  volunteer_svc: () => `/v1/${stack.account('center').unit_name}/consentDocuments`,
  activity_svc: () => `/v1/${stack.account('center').unit_name}/themes`,
};

const statusIn = async (session, service) => {
  const { status, answer } = await session.send('GET', READS[service]());
  return [status, answer.reason];
};

async function worksEverywhere(session) {
  for (const service of Object.keys(READS)) {
    await until(`${service} to know the session`, async () => (await statusIn(session, service))[0] === 200);
  }
}

// From now on at most five seconds until no service takes the token any more; `reasons` are those it may give.
async function endsEverywhere(session, reasons) {
  const end = Date.now() + LIMIT;
  for (const service of Object.keys(READS)) {
    const refusal = await until(`${service} to refuse the session`, async () => {
      const [status, reason] = await statusIn(session, service);
      return status === 401 && reason;
    }, Math.max(end - Date.now(), 1));
    assert.ok(reasons.includes(refusal), `${service} says ${refusal}`);
  }
}

// A token pair as the log-in gives it.
async function enter(login, password = stack.account(login).password) {
  const { tokens } = await stack.session.post('/v1/auth:password', { username: login, password, device: 'a test' });
  return { session: stack.session.as(tokens.accessToken), refreshToken: tokens.refreshToken };
}

const refusalOf = async (refreshToken) =>
  (await stack.session.send('POST', '/v1/staffSessions:refresh', { refreshToken })).answer.reason;

test('log-out ends this session everywhere, and no other', async () => {
  const [mine, other] = [await enter('station1'), await enter('station1')];
  await worksEverywhere(mine.session);
  await mine.session.post('/v1/staffSessions:logOut');
  await endsEverywhere(mine.session, ['TOKEN_REVOKED']);
  assert.equal(await refusalOf(mine.refreshToken), 'REFRESH_TOKEN_INVALID');
  await worksEverywhere(other.session);
});

test('a refresh token that is used twice ends its session everywhere', async () => {
  const first = await enter('station2');
  const { tokens } = await stack.session.post('/v1/staffSessions:refresh', { refreshToken: first.refreshToken });
  const second = stack.session.as(tokens.accessToken);
  await worksEverywhere(second);
  assert.equal(await refusalOf(first.refreshToken), 'REFRESH_TOKEN_REUSED');
  await endsEverywhere(second, ['TOKEN_REVOKED']);
  assert.equal(await refusalOf(tokens.refreshToken), 'REFRESH_TOKEN_INVALID');
});

test('a session is revoked from another one', async () => {
  const [mine, other] = [await enter('station3'), await enter('station3')];
  const { sessions } = await mine.session.get('/v1/staffSessions');
  assert.equal(sessions.filter(({ current }) => current).length, 1);
  assert.ok(sessions.every(({ device }) => device === 'a test' || device === 'wenming tools'));
  const { name } = (await other.session.get('/v1/staffSessions')).sessions.find(({ current }) => current);
  await mine.session.post(`/v1/${name}:revoke`);
  await endsEverywhere(other.session, ['TOKEN_REVOKED']);
  await worksEverywhere(mine.session);
});

test('a password change ends all sessions everywhere', async () => {
  const sessions = [await enter('institute2'), await enter('institute2')];
  const { password } = stack.account('institute2');
  const newPassword = 'Another-1-of-ours';
  await stack.session.post('/v1/auth:changePassword', { username: 'institute2', password, newPassword });
  for (const { session } of sessions) await endsEverywhere(session, ['TOKEN_REVOKED']);
  await worksEverywhere(await logIn(stack.session, 'institute2', newPassword));
});

test('disablement ends all sessions everywhere', async () => {
  const leader = await enter('leader1');
  const { name } = await leader.session.get('/v1/staff:me');
  const center = await stack.enter('center');
  await center.post(`/v1/${name}:disable`);
  await endsEverywhere(leader.session, ['TOKEN_REVOKED', 'TOKEN_INVALID']);
  assert.equal(await refusalOf(leader.refreshToken), 'REFRESH_TOKEN_INVALID');
});

test('a token of one kind is none of the other', async () => {
  const { session, refreshToken } = await enter('station1');
  assert.deepEqual(await statusIn(stack.session.as(refreshToken), 'org_svc'), [401, 'TOKEN_INVALID']);
  assert.equal(await refusalOf(session.token), 'TOO_LONG');  // no refresh token is that long
  await worksEverywhere(session);
});

test('the keys of the tokens are published as a JWKS', async () => {
  const { keys } = await stack.session.get('/.well-known/jwks.json');
  assert.equal(keys.length, 3);
  const token = (await enter('station1')).session.token;
  const { kid } = JSON.parse(Buffer.from(token.split('.')[0], 'base64url'));
  const key = keys.find((one) => one.kid === kid);
  assert.deepEqual({ ...key, kid: 0, x: 0, y: 0 }, { kty: 'EC', crv: 'P-256', kid: 0, alg: 'ES256', use: 'sig', x: 0, y: 0 });
  const imported = await webcrypto.subtle.importKey('jwk', key, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify']);
  const [head, claims, signature] = token.split('.');
  assert.ok(await webcrypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, imported, Buffer.from(signature, 'base64url'),
    Buffer.from(`${head}.${claims}`)));
});
