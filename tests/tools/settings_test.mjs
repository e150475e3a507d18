// Where the stack listens and lives: flag before environment before record before default.

import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { STORES, wanted } from '../../tools/local/services.mjs';
import { PORTS, settings } from '../../tools/local/settings.mjs';
import { ROOT } from './support.mjs';

const STORE_NAMES = Object.keys(STORES);
const recorded = { ports: { http: 8082, grpc: 9092 }, dev: false, build_dir: '/b/recorded', database: { fast: true } };

test('the first that speaks decides', async () => {
  assert.equal((await settings({}, null, {})).ports.http, 8080);
  assert.equal((await settings({}, recorded, {})).ports.http, 8082);
  assert.equal((await settings({}, recorded, { WENMING_HTTP_PORT: '8083' })).ports.http, 8083);
  assert.equal((await settings({ http: '8084' }, recorded, { WENMING_HTTP_PORT: '8083' })).ports.http, 8084);
});

test('paths and modes follow the same order', async () => {
  assert.equal((await settings({}, null, {})).buildDir, path.join(ROOT, 'build/release'));
  assert.equal((await settings({}, recorded, {})).buildDir, '/b/recorded');
  assert.equal((await settings({ 'run-dir': '/r/flag' }, null, { WENMING_RUN_DIR: '/r/env' })).runDir, '/r/flag');
  assert.equal((await settings({}, null, {})).dev, true);
  assert.equal((await settings({}, recorded, {})).dev, false);
  assert.equal((await settings({ dev: true }, recorded, {})).dev, true);
  assert.equal((await settings({ 'no-dev': true }, null, {})).dev, false);
  assert.equal((await settings({}, recorded, {})).fastDb, true);
});

test('--ports auto gives every port a number of its own, below the ephemeral range', async () => {
  const { ports } = await settings({ ports: 'auto' }, null, {});
  assert.deepEqual(Object.keys(ports), Object.keys(PORTS));
  assert.equal(new Set(Object.values(ports)).size, Object.keys(PORTS).length);
  for (const port of Object.values(ports)) assert.ok(port >= 20000 && port < 32000);
});

test('an application at WeChat is remembered, and has a secret', async () => {
  const wechat = { url: 'https://api.weixin.qq.com', app_id: 'wx1', secret_file: '/s/secret' };
  assert.equal((await settings({}, null, {})).wechat, null);
  assert.deepEqual((await settings({ 'wechat-app-id': 'wx1', 'wechat-secret-file': '/s/secret' }, null, {})).wechat, wechat);
  assert.deepEqual((await settings({}, { ...recorded, wechat }, {})).wechat, wechat);
  await assert.rejects(settings({ 'wechat-app-id': 'wx1' }, null, {}), /a file with its secret/);
});

test('a proxy in front is remembered, and the gateway is told of it', async () => {
  const gatewayOf = (chosen) => wanted(chosen, '/socket').gateway.args.join(' ');
  assert.doesNotMatch(gatewayOf(await settings({}, null, {})), /--trusted-proxy/);
  for (const chosen of [await settings({ 'trusted-proxy': '127.0.0.0/8' }, null, {}), await settings({}, { trusted_proxy: '127.0.0.0/8' }, {})]) {
    assert.match(gatewayOf(chosen), /--trusted-proxy 127\.0\.0\.0\/8$/);
  }
});

test('only a database for tests is allowed to be unsafe', async () => {
  const allowed = (chosen) => STORE_NAMES.filter((name) => wanted(chosen, '/socket')[name].args.includes('--allow-unsafe-database'));
  assert.deepEqual(allowed(await settings({}, null, {})), []);
  assert.deepEqual(allowed(await settings({ 'fast-db': true }, null, {})), STORE_NAMES);
});

for (const bad of ['0', '65536', 'http', '80.5', '-1', '']) {
  test(`"${bad}" is no port, and the message names the flag`, async () => {
    await assert.rejects(settings({ http: bad }, null, {}), /--http is ".*", which is no port/);
  });
}

test('one port for two listeners is refused', async () => {
  await assert.rejects(settings({ http: '9090' }, null, {}), /Port 9090 is asked for twice: for HTTP and for gRPC edge/);
});
