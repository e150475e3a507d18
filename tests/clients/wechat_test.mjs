// clients/wechat/request.js: its queue, tokens, tries and errors, against a stand-in for WeChat.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { client, errorOf, settled, tokens } from './fake_wx.mjs';

const REFUSED = { code: 'UNAUTHENTICATED', reason: 'TOKEN_EXPIRED', message: '登录已过期，请重新登录' };
const keyOf = (request) => request.header['Idempotency-Key'];
const tokenOf = (request) => request.header.Authorization;

function signedIn(options) {
  const one = client(options);
  one.api.signIn(tokens(1));
  return one;
}

test('a read is a plain GET with its query', async () => {
  const { api, wx } = signedIn({ center: 'HT' });
  const query = { pageSize: 5, filter: { states: ['OPEN', 'FULL'], q: '志愿 a&b' }, since: new Date(0), none: undefined };
  const got = api.get('/v1/things', { query });
  const sent = await wx.answer(200, { things: [] });
  assert.deepEqual(await got, { things: [] });
  assert.equal(sent.path, '/v1/things?pageSize=5&filter.states=OPEN&filter.states=FULL&filter.q=%E5%BF%97%E6%84%BF%20a%26b' +
    '&since=1970-01-01T00%3A00%3A00.000Z');
  assert.deepEqual(sent.header, {
    Accept: 'application/json', 'Accept-Language': 'zh-CN', Authorization: 'Bearer access-1', 'X-Wenming-Center': 'HT',
  });
  assert.equal(sent.data, undefined);
});

test('writes are JSON with a key; PATCH goes as POST', async () => {
  const { api, wx } = signedIn();
  const calls = [api.post('/v1/things', { a: 1 }), api.patch('/v1/things/1', { a: 2 }), api.post('/v1/things/1:stop'), api.delete('/v1/things/1')];
  const sent = [...wx.open];
  while (wx.open.length > 0) await wx.answer(200);
  await Promise.all(calls);
  assert.deepEqual(sent.map(({ method, data, header }) => [method, data, header['X-HTTP-Method-Override']]),
    [['POST', '{"a":1}', undefined], ['POST', '{"a":2}', 'PATCH'], ['POST', '{}', undefined], ['DELETE', undefined, undefined]]);
  for (const request of sent) assert.match(keyOf(request), /^[0-9a-f]{32}$/);
  assert.equal(new Set(sent.map(keyOf)).size, 4);
});

test('ten run at once, the others in their order', async () => {
  const { api, wx } = signedIn();
  const done = [];
  const all = Array.from({ length: 25 }, (_, i) => api.get(`/v1/things/${i}`).then(() => done.push(i)));
  assert.equal(wx.open.length, 10);
  for (let i = 0; i < 25; ++i) assert.equal((await wx.answer(200)).path, `/v1/things/${i}`);
  await Promise.all(all);
  assert.deepEqual(done, [...done].sort((a, b) => a - b));
  assert.equal(wx.most, 10);
});

test('twenty callers with an expired token share one refresh', async () => {
  const { api, wx } = signedIn();
  const all = Array.from({ length: 20 }, (_, i) => api.get(`/v1/things/${i}`));
  let refreshes = 0;
  while (wx.open.length > 0) {
    if (wx.open[0].path === '/v1/volunteerSessions:refresh') {
      refreshes += 1;
      assert.equal(wx.open[0].data, '{"refreshToken":"refresh-1"}');
      assert.equal(tokenOf(wx.open[0]), undefined);
      await wx.answer(200, { tokens: tokens(2) });
    } else if (tokenOf(wx.open[0]) === 'Bearer access-1') {
      await wx.answer(401, REFUSED);
    } else {
      assert.equal(tokenOf(wx.open[0]), 'Bearer access-2');
      await wx.answer(200, { path: wx.open[0].path });
    }
  }
  assert.deepEqual((await Promise.all(all)).map(({ path }) => path), all.map((_, i) => `/v1/things/${i}`));
  assert.equal(refreshes, 1);
  assert.deepEqual(api.tokens, tokens(2));
  assert.deepEqual(wx.storage.get('wenming.tokens'), tokens(2));
  // Ten met the old token, and the one that took the first one's place; one refreshed; twenty were answered.
  assert.equal(wx.sent, 32);
  assert.equal(wx.most, 10);
});

test('a late refusal of the old token needs no second refresh', async () => {
  const { api, wx } = signedIn();
  const [first, second] = [api.get('/v1/a'), api.get('/v1/b')];
  await wx.answer(401, REFUSED);
  const late = wx.open.shift();
  await wx.answer(200, { tokens: tokens(2) });
  await wx.answer(200, 'a');
  late.success({ statusCode: 401, data: REFUSED, header: {} });
  await settled();
  assert.equal(tokenOf(await wx.answer(200, 'b')), 'Bearer access-2');
  assert.deepEqual(await Promise.all([first, second]), ['a', 'b']);
});

test('a session that has ended is told once, and everybody gets a refusal', async () => {
  const { api, wx, ended } = signedIn();
  const all = Promise.all(Array.from({ length: 3 }, () => errorOf(api.get('/v1/a'))));
  for (let i = 0; i < 3; ++i) await wx.answer(401, REFUSED);
  await wx.answer(401, { code: 'UNAUTHENTICATED', reason: 'REFRESH_TOKEN_EXPIRED', message: '长时间未操作，请重新登录' });
  for (const error of await all) assert.deepEqual([error.kind, error.status, error.reason], ['refused', 401, 'TOKEN_EXPIRED']);
  assert.deepEqual(ended, ['REFRESH_TOKEN_EXPIRED']);
  assert.equal(api.tokens, null);
  assert.equal(wx.storage.size, 0);
});

test('a refresh that the network lost keeps the tokens and is not repeated', async () => {
  const { api, wx, ended } = signedIn();
  const error = errorOf(api.get('/v1/a'));
  await wx.answer(401, REFUSED);
  await wx.fail();
  assert.equal((await error).kind, 'offline');
  assert.equal(wx.open.length, 0);
  assert.deepEqual([api.tokens, ended], [tokens(1), []]);
});

test('who signs out during a refresh stays signed out', async () => {
  const { api, wx, ended } = signedIn();
  const error = errorOf(api.get('/v1/a'));
  await wx.answer(401, REFUSED);
  api.signOut();
  await wx.answer(200, { tokens: tokens(2) });
  assert.equal((await error).status, 401);
  assert.deepEqual([api.tokens, ended], [null, []]);
});

test('a second refusal after a refresh is an answer', async () => {
  const { api, wx } = signedIn();
  const error = errorOf(api.get('/v1/a'));
  await wx.answer(401, REFUSED);
  await wx.answer(200, { tokens: tokens(2) });
  await wx.answer(401, REFUSED);
  assert.equal((await error).reason, 'TOKEN_EXPIRED');
});

test('without tokens a 401 is an answer, and log-ins carry none', async () => {
  const { api, wx } = client();
  const error = errorOf(api.get('/v1/a'));
  assert.equal(tokenOf(await wx.answer(401, REFUSED)), undefined);
  assert.equal((await error).reason, 'TOKEN_EXPIRED');
  api.signIn(tokens(1));
  api.post('/v1/auth:wechat', { code: 'c' }, { auth: false });
  assert.equal(tokenOf(await wx.answer(200)), undefined);
});

test('tokens outlive the application', async () => {
  const { wx } = signedIn();
  const { api } = client({ wx });
  assert.deepEqual(api.tokens, tokens(1));
});

test('503 is tried again with the same key and growing pauses', async () => {
  const { api, wx, pauses } = signedIn({ random: () => 0.5 });
  const created = api.post('/v1/things', { a: 1 });
  const keys = [keyOf(await wx.answer(503)), keyOf(await wx.answer(502)), keyOf(await wx.answer(200, 'made'))];
  assert.equal(await created, 'made');
  assert.equal(new Set(keys).size, 1);
  assert.deepEqual(pauses, [300, 900]);
});

test('which failures are tried again', async () => {
  const answers = (status, body, header) => (wx) => wx.answer(status, body, header);
  const offline = (wx) => wx.fail();
  const late = (wx) => wx.fail('request:fail timeout');
  const verb = '/v1/things/1:stop';
  const cases = [
    ['GET', '/v1/a', undefined, offline, true],
    ['GET', '/v1/a', undefined, late, true],
    ['GET', '/v1/a', undefined, answers(504), true],
    ['GET', '/v1/a', { retries: 0 }, offline, false],
    ['GET', '/v1/a', undefined, answers(500), false],
    ['GET', '/v1/a', undefined, answers(404), false],
    ['GET', '/v1/a', undefined, answers(503, {}, { 'Retry-After': '60' }), false],
    ['GET', '/v1/a', undefined, answers(429), false],
    ['POST', '/v1/a', undefined, offline, true],
    ['POST', '/v1/a', undefined, answers(500, { reason: 'COMMIT_UNKNOWN' }), true],
    ['POST', verb, undefined, offline, false],
    ['POST', verb, undefined, answers(503), false],
    ['POST', verb, undefined, answers(429, {}, { 'retry-after': '1' }), true],
    ['POST', verb, { idempotencyKey: 'my-key-1' }, offline, true],
    ['PATCH', '/v1/a', undefined, answers(503), true],
    ['DELETE', '/v1/a', undefined, late, true],
  ];
  for (const [method, path, options, failure, again] of cases) {
    const { api, wx } = signedIn();
    const outcome = api.request(method, path, undefined, options).then(() => 'done', () => 'failed');
    const first = await failure(wx);
    await settled();
    assert.equal(wx.open.length, again ? 1 : 0, `${method} ${path} ${failure}`);
    if (!again) {
      assert.equal(await outcome, 'failed');
      continue;
    }
    assert.equal(keyOf(await wx.answer(200)), keyOf(first));
    assert.equal(await outcome, 'done');
  }
});

test('a service says when to come back', async () => {
  const { api, wx, pauses } = signedIn();
  const got = api.get('/v1/a');
  await wx.answer(429, {}, { 'Retry-After': '2' });
  await wx.answer(503, {}, { 'retry-after': '3' });
  await wx.answer(200, 'a');
  assert.equal(await got, 'a');
  assert.deepEqual(pauses, [2000, 3000]);
});

test('the last failure is the one that is told', async () => {
  const { api, wx } = signedIn();
  const error = errorOf(api.get('/v1/a'));
  for (let i = 0; i < 3; ++i) await wx.fail(i < 2 ? 'request:fail timeout' : undefined);
  assert.equal((await error).kind, 'offline');
  assert.equal(wx.sent, 3);
});

test('a refusal says everything that the platform said', async () => {
  const { api, wx } = signedIn();
  const body = {
    code: 'INVALID_ARGUMENT', reason: 'INVALID_FIELDS', message: '请求中有不正确的内容', requestId: 'r-1',
    details: [
      { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'INVALID_FIELDS', metadata: { summary_zh: 'x' } },
      { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field: 'a.b', description: '必填' }] },
    ],
  };
  for (const data of [body, new TextEncoder().encode(JSON.stringify(body)).buffer]) {
    const caught = errorOf(api.get('/v1/a', { responseType: 'arraybuffer' }));
    await wx.answer(400, data, { 'Retry-After': '7' });
    const { name, status, code, reason, message, requestId, violations, metadata, retryAfterSeconds } = await caught;
    assert.deepEqual({ name, status, code, reason, message, requestId, violations, metadata, retryAfterSeconds }, {
      name: 'ApiError', status: 400, code: 'INVALID_ARGUMENT', reason: 'INVALID_FIELDS', message: body.message, requestId: 'r-1',
      violations: [{ field: 'a.b', description: '必填' }], metadata: { summary_zh: 'x' }, retryAfterSeconds: 7,
    });
    assert.ok((await caught).is('NOT_FOUND', 'INVALID_FIELDS') && !(await caught).is('NOT_FOUND'));
  }
});

test('an answer of something in between is a refusal without a reason', async () => {
  for (const data of ['<html>Bad Gateway</html>', '', null, new Uint8Array([0xff, 0xfe]).buffer]) {
    const { api, wx } = signedIn();
    const caught = errorOf(api.get('/v1/a'));
    await wx.answer(403, data);
    const error = await caught;
    assert.deepEqual([error.kind, error.status, error.reason, error.details], ['refused', 403, 'UNKNOWN', []]);
    assert.match(error.message, /403/);
  }
});

test('abort ends a call wherever it is, and frees its place', async () => {
  const { api, wx } = signedIn({ concurrency: 1, setTimeout: () => {} });
  const [running, waiting, last] = [api.get('/v1/running'), api.get('/v1/waiting'), api.get('/v1/last')];
  const errors = Promise.all([errorOf(running), errorOf(waiting)]);
  waiting.abort();
  running.abort();
  for (const error of await errors) assert.equal(error.kind, 'aborted');
  assert.equal((await wx.answer(200, 'last')).path, '/v1/last');
  assert.equal(await last, 'last');

  const pausing = api.get('/v1/pausing');
  const paused = errorOf(pausing);
  await wx.answer(503);
  pausing.abort();
  assert.equal((await paused).kind, 'aborted');
  assert.equal(wx.open.length, 0);
});

test('bytes go as they are', async () => {
  const { api, wx } = signedIn();
  const bytes = new Uint8Array([1, 2]).buffer;
  api.put('/v1/a/cover', bytes, { contentType: 'image/png' });
  const sent = await wx.answer(200);
  assert.deepEqual([sent.data, sent.header['Content-Type']], [bytes, 'image/png']);
});

test('a client without an address is a mistake', () => {
  assert.throws(() => client({ baseUrl: '' }), { kind: 'usage' });
});
