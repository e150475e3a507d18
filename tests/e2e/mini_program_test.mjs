// clients/wechat/request.js against a whole stack: wx.request is fetch, the rest is as in a mini-program.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { until } from '../../tools/story/waiting.mjs';
import { startStack } from '../support/running_stack.mjs';

const { createClient } = createRequire(import.meta.url)('../../clients/wechat/request.js');

let stack;
before(async () => { stack = await startStack({ volunteers: 1 }); });
after(() => stack?.stop());

// What a mini-program has of WeChat; `sent` are the requests, oldest first.
function wxOf(sent) {
  const storage = new Map();
  return {
    getStorageSync: (key) => storage.get(key) ?? '',
    setStorageSync: (key, value) => storage.set(key, value),
    removeStorageSync: (key) => storage.delete(key),
    request({ url, method, header, data, timeout, success, fail }) {
      sent.push({ method, url });
      fetch(url, { method, headers: header, body: data, signal: AbortSignal.timeout(timeout) })
        .then(async (response) => {
          const text = await response.text();
          return { statusCode: response.status, header: Object.fromEntries(response.headers), data: JSON.parse(text) };
        })
        .then(success, (error) => fail({ errMsg: `request:fail ${error.name}` }));
      return { abort() {} };
    },
  };
}

async function signedIn(login) {
  const sent = [];
  const ended = [];
  const api = createClient({
    baseUrl: stack.session.base, wx: wxOf(sent), refreshPath: '/v1/staffSessions:refresh', onSignedOut: ({ reason }) => ended.push(reason),
  });
  const { password } = stack.account(login);
  const { tokens } = await api.post('/v1/auth:password', { username: login, password, device: 'e2e' }, { auth: false });
  api.signIn(tokens);
  return { api, sent, ended };
}

const refreshes = (sent) => sent.filter(({ url }) => url.endsWith(':refresh')).length;

test('a token that is not taken any more is renewed once for many callers', async () => {
  const { api, sent, ended } = await signedIn('station1');
  api.signIn({ ...api.tokens, accessToken: `${api.tokens.accessToken.slice(0, -4)}AAAA` });
  const answers = await Promise.all(Array.from({ length: 30 }, () => api.get('/v1/staff:me')));
  assert.equal(new Set(answers.map(({ name }) => name)).size, 1);
  assert.equal(refreshes(sent), 1);
  await api.get('/v1/staff:me');
  assert.equal(refreshes(sent), 1);
  assert.deepEqual(ended, []);
});

test('a refusal has its reason, its fields and its sentence', async () => {
  const { api } = await signedIn('station2');
  const error = await api.get('/v1/units/x').catch((one) => one);
  assert.deepEqual([error.kind, error.status, error.reason, error.violations[0].field], ['refused', 400, 'BAD_RESOURCE_NAME', 'name']);
  assert.match(error.message, /资源名/);
  assert.match(error.requestId, /^[0-9a-f]{32}$/);
});

test('the same key does the deed once', async () => {
  const { api } = await signedIn('station1');
  const unit = stack.account('station1').unit_name;
  const { themes } = await api.get(`/v1/${unit}/themes`);
  const activity = { title: '小程序起草', content: '讲一次政策', method: 'METHOD_TEACH', themes: [themes[0].key], place: '村委会' };
  const idempotencyKey = api.newKey();
  const make = () => api.post(`/v1/${unit}/activities`, { activity }, { idempotencyKey });
  const [first, second] = [await make(), await make()];
  assert.equal(second.name, first.name);

  const changed = await api.patch(`/v1/${first.name}`, { title: '小程序改题' });
  assert.equal(changed.title, '小程序改题');
});

test('a session that was ended elsewhere ends here', async () => {
  const { api, ended } = await signedIn('station3');
  const other = await signedIn('station3');
  const { sessions } = await api.get('/v1/staffSessions');
  const { name } = sessions.find(({ current }) => current);
  await other.api.post(`/v1/${name}:revoke`);
  const error = await until('the end of the session', () => api.get('/v1/staff:me').then(() => null, (one) => one));
  assert.equal(error.status, 401);
  assert.equal(api.tokens, null);
  assert.equal(ended.length, 1);
});
