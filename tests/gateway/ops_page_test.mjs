// What the page /ops makes of the processes' metrics.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Recent } from '../../gateway/ops/page/figures.mjs';
import { Span, momentOf, quantile, samplesOf } from '../../gateway/ops/page/samples.mjs';
import { Refused, Session } from '../../gateway/ops/page/session.mjs';
import { WORDS, languageOf, number, percent, runbookOf, time } from '../../gateway/ops/page/words.mjs';
import { ROOT } from '../../tools/local/settings.mjs';

const instance = (target, samples, more = {}) => ({ target, instance: `${target}:1`, up: true, samples, ...more });
const report = (at, ...instances) => ({ time: at, instances });
const span = (seconds, before, after) => new Span(momentOf(report(100, ...before)), momentOf(report(100 + seconds, ...after)));

test('series are found by name and labels', () => {
  const [one] = momentOf(report(1, instance('a', { n: 1, 'n{x="1",le="+Inf"}': 2, 'n{x="a\\"b\\\\\\n}"}': 3 }))).instances;
  assert.deepEqual(samplesOf(one, 'n').map(({ labels, value }) => [labels, value]), [[{}, 1], [{ x: '1', le: '+Inf' }, 2], [{ x: 'a"b\\\n}' }, 3]]);
  assert.deepEqual(samplesOf(one, 'n', { x: '1' }).map(({ value }) => value), [2]);
  assert.deepEqual(samplesOf(one, 'n', { x: /^(1|2)$/ }).map(({ value }) => value), [2]);
  assert.deepEqual(samplesOf(one, 'm'), []);
});

test('a quantile lies where its bucket says', () => {
  const buckets = new Map([[0.1, 50], [0.2, 90], [Infinity, 100]]);
  const cases = [[0, 0], [0.25, 0.05], [0.5, 0.1], [0.7, 0.15], [0.9, 0.2], [0.99, 0.2], [1, 0.2]];
  for (const [q, want] of cases) assert.ok(Math.abs(quantile(q, buckets) - want) < 1e-12, `${q}: ${quantile(q, buckets)}`);
  assert.equal(quantile(0.5, new Map()), null);
  assert.equal(quantile(0.5, new Map([[1, 0], [Infinity, 0]])), null);
  assert.ok(Math.abs(quantile(0.5, new Map([[Infinity, 4], [2, 4], [1, 0]])) - 1.5) < 1e-12, 'whatever their order');
});

test('counters grow by what came since, also when they are new or begin again', () => {
  const at = (start, samples) => instance('a', { process_start_time_seconds: start, ...samples });
  const grown = span(10, [at(1, { 'c{k="x"}': 5 })], [at(1, { 'c{k="x"}': 8, 'c{k="y"}': 2 })]);
  assert.equal(grown.increase('c'), 5);
  assert.equal(grown.increase('c', { k: 'x' }), 3);
  assert.equal(grown.rate('c'), 0.5);
  assert.equal(grown.increase('nothing'), 0);
  assert.equal(span(10, [at(1, { c: 5 })], [at(2, { c: 8 })]).increase('c'), 8, 'another process');
  assert.equal(span(10, [at(1, { c: 5 })], [at(1, { c: 4 })]).increase('c'), 4, 'no counter falls');
});

test('processes that come, go or are silent are not compared', () => {
  const silent = { ...instance('b', {}), up: false };
  const change = span(10, [instance('a', { c: 1 }), silent], [instance('a', { c: 3 }), instance('b', { c: 1000 }), instance('new', { c: 1000 })]);
  assert.equal(change.increase('c'), 2);
  assert.equal(change.sum('c'), 2003, 'what they say now counts');
  const alone = span(10, [silent], [instance('b', { c: 3 })]);
  assert.deepEqual([alone.empty, alone.increase('c'), alone.rate('c'), alone.buckets(['h']).size], [true, null, null, 0]);
  assert.equal(span(0, [instance('a', {})], [instance('a', {})]).rate('c'), null);
});

// A gateway that has answered `ok` and failed `bad` requests, of them `slow` in more than half a second.
const gateway = (ok, bad = 0, slow = 0, more = {}) => instance('gateway', {
  gateway_in_flight: 7, 'http_server_requests_total{code="200"}': ok, 'http_server_requests_total{code="503"}': bad,
  'http_server_request_duration_seconds_bucket{le="0.5"}': ok + bad - slow,
  'http_server_request_duration_seconds_bucket{le="+Inf"}': ok + bad,
  'grpc_edge_handled_total{grpc_code="OK"}': ok, 'grpc_edge_handled_total{grpc_code="NOT_FOUND"}': 2 * bad, ...more,
});
const service = (more = {}) => instance('activity_svc', { wenming_ready: 1, 'wenming_build_info{version="1.2.3"}': 1, process_start_time_seconds: 50, ...more });

test('a point says what happened in the last seconds', () => {
  const recent = new Recent();
  recent.add(report(100, gateway(0), service({ 'grpc_server_started_total{grpc_type="unary"}': 10, 'grpc_server_handled_total{grpc_type="unary",grpc_code="OK"}': 10 })));
  assert.deepEqual([recent.points.length, recent.seconds], [0, 0]);
  recent.add(report(110, gateway(90, 10, 0, { 'gateway_cache_requests_total{outcome="hit"}': 3, 'gateway_cache_requests_total{outcome="miss"}': 1 }), service({
    'grpc_server_started_total{grpc_type="unary"}': 43, 'grpc_server_handled_total{grpc_type="unary",grpc_code="OK"}': 30,
    'grpc_server_handled_total{grpc_type="unary",grpc_code="Internal"}': 10, 'grpc_server_handled_total{grpc_type="server_stream",grpc_code="Internal"}': 99,
    'wenming_registrations_total{outcome="confirmed"}': 4, 'wenming_registrations_total{outcome="waitlisted"}': 1, 'wenming_registrations_total{outcome="full"}': 8,
    wenming_hours_credited_minutes_total: 90, 'wenming_db_connections{state="in_use"}': 3, 'wenming_db_connections{state="open"}': 28,
    'wenming_db_connections{state="waiting"}': 0, wenming_rpc_queue_length: 5,
  })));
  const [point] = recent.points;
  assert.deepEqual([point.http, point.grpc, point.requests, point.failed, point.atHand, point.cached], [10, 11, 21, 1, 7, 0.75]);
  assert.ok(Math.abs(point.failedShare - 10 / 210) < 1e-12);
  assert.ok(Math.abs(point.p50 - 0.25) < 1e-12);
  assert.equal(point.signUps, 30);
  assert.deepEqual([recent.total('signUps'), recent.total('minutes'), recent.total('checkIns')], [5, 90, 0]);
  assert.deepEqual(point.services.activity_svc,
    { p99: null, requests: 3, failed: 1, atHand: 3, queue: 5, waits: 5, inUse: 3, open: 28, waiting: 0, outbox: null, lag: null, ahead: null, parked: null });
  assert.deepEqual(recent.rows().map(({ target, state, version, since }) => [target, state, version, since]),
    [['gateway', 'ready', null, null], ['activity_svc', 'ready', '1.2.3', 50]]);
});

test('the time that is kept is bounded, and rates are of seconds', () => {
  const recent = new Recent();
  for (let at = 0; at <= 2000; at += 3) recent.add(report(at, gateway(at < 1500 ? 0 : 10 * (at - 1500))));
  assert.equal(recent.points.length, 300);
  assert.equal(recent.points.at(-1).http, 10);
  assert.equal(recent.points.find((point) => point.time === 1500).http, 0);
  assert.ok(recent.seconds > 890 && recent.seconds <= 900);
  recent.add(report(1998, gateway(1e9)));
  assert.equal(recent.points.length, 300, 'the same report again');
});

const problemsAfter = (...reports) => {
  const recent = new Recent();
  for (const one of reports) recent.add(one);
  return recent.problems();
};

test('what needs somebody is told', () => {
  const level = (...times) => service(Object.fromEntries(times.map((time, i) => [`wenming_events_level_time_seconds{source="${i}"}`, time])));
  assert.deepEqual(problemsAfter(report(1, gateway(0), service()), report(4, gateway(1000), service())), []);
  const cases = [
    [[report(1, { ...instance('org_svc', {}), up: false })], { alert: 'ServiceDown', target: 'org_svc', instance: 'org_svc:1' }],
    [[report(1, service({ wenming_ready: 0 }))], { alert: 'ServiceNotReady', target: 'activity_svc', instance: 'activity_svc:1' }],
    [[report(1, gateway(0, 0, 0, { 'gateway_backend_connections{backend="b:1"}': 0 }))], { alert: 'BackEndUnconnected', target: 'gateway', backend: 'b:1' }],
    [[report(1, service({ wenming_rpc_queue_length: 257 }))], { alert: 'QueueLong', target: 'activity_svc', count: 257 }],
    [[report(1, service({ 'wenming_events_parked{source="org"}': 2 }))], { alert: 'EventParked', target: 'activity_svc', count: 2 }],
    [[report(1, service({ 'wenming_events_ahead{source="org"}': 5 }))], { alert: 'EventsAhead', target: 'activity_svc', count: 5 }],
    [[report(100, level(98, 10))], { alert: 'EventsLate', target: 'activity_svc', seconds: 90 }],
    [[report(100, service({ wenming_outbox_level_time_seconds: 10 }))], { alert: 'OutboxLate', target: 'activity_svc', seconds: 90 }],
    [[report(1, gateway(0)), report(4, gateway(100, 10))], { alert: 'RequestsFail', count: 10 }],
    [[report(1, gateway(0)), report(4, gateway(100, 0, 20))], { alert: 'AnswersSlow', count: 20 }],
    [[report(1, service()), report(4, service({ 'wenming_events_failures_total{source="org"}': 6 }))], { alert: 'EventsFail', count: 6 }],
    [[report(1, service()), report(4, service({ wenming_outbox_failures_total: 6 }))], { alert: 'OutboxFails', count: 6 }],
    [[report(1, service()), report(4, service({ wenming_audit_refusals_dropped_total: 1 }))], { alert: 'AuditFails', count: 1 }],
    [[report(1, service({ wenming_clock_ahead_seconds: -31 }))], { alert: 'ClockDiffers', target: 'activity_svc', instance: 'activity_svc:1', seconds: -31 }],
    [[report(1, service()), report(4, service({ 'gateway_refused_total{limit="in_flight"}': 301 }))], { alert: 'LimitsRefuse', count: 301 }],
    [[report(1, service()), report(4, service({ wenming_db_connections_lost_total: 6 }))], { alert: 'DatabaseConnectionsLost', count: 6 }],
    [[report(1, service()), report(4, service({ wenming_db_statement_failures_total: 151 }))], { alert: 'DatabaseStatementsFail', count: 151 }],
    [[report(1, service()), report(4, service({ 'wenming_staff_log_ins_total{outcome="refused"}': 101 }))], { alert: 'LogInsRefused', count: 101 }],
    [Array.from({ length: 30 }, (_, i) => report(3 * i, service({ 'wenming_db_connections{state="waiting"}': 1 }))), { alert: 'DatabasePoolExhausted', target: 'activity_svc' }],
  ];
  for (const [reports, problem] of cases) assert.deepEqual(problemsAfter(...reports), [problem]);
  assert.deepEqual(cases.map(([, { alert }]) => alert).sort(), Object.keys(WORDS.en.alerts).sort(), 'every word is for a case');
  const quiet = [
    [report(1, gateway(0)), report(4, gateway(20, 9))],
    [report(1, gateway(0)), report(4, gateway(10000, 100))],
    [report(100, level(98, 41))],
    [report(1, service({ wenming_clock_ahead_seconds: 29 }))],
    [report(1, service()), report(4, service({ 'gateway_refused_total{limit="address_rate"}': 1000, 'wenming_staff_log_ins_total{outcome="refused"}': 99 }))],
    // Six were lost, but the last of them more than five minutes ago.
    [report(1, service()), report(4, service({ wenming_db_connections_lost_total: 6 })), report(400, service({ wenming_db_connections_lost_total: 6 }))],
    [report(100, service({ 'wenming_events_parked{source="org"}': 0, 'wenming_events_ahead{source="org"}': 0, wenming_outbox_level_time_seconds: 99 }))],
    Array.from({ length: 30 }, (_, i) => report(3 * i, service({ 'wenming_db_connections{state="waiting"}': i % 15 === 0 ? 0 : 1 }))),
  ];
  for (const reports of quiet) assert.deepEqual(problemsAfter(...reports), []);
});

test('what replicas share is told once, and of what is late the one that is furthest', () => {
  const replica = (n, level, outbox) => ({ ...service({ [`wenming_events_level_time_seconds{source="org"}`]: level, wenming_outbox_level_time_seconds: outbox,
    'wenming_events_parked{source="org"}': 2, 'wenming_events_parked{source="other"}': 1, 'wenming_events_ahead{source="org"}': 0 }), instance: `${n}` });
  const recent = new Recent();
  recent.add(report(97, replica(1, 10, 97), replica(2, 96, 10)));
  recent.add(report(100, replica(1, 10, 100), replica(2, 99, 10)));
  assert.deepEqual(recent.problems(), [{ alert: 'EventParked', target: 'activity_svc', count: 3 }]);
  const { lag, outbox, parked, ahead } = recent.points.at(-1).services.activity_svc;
  assert.deepEqual([lag, outbox, parked, ahead], [0, 0, 3, 0]);
  assert.deepEqual(recent.rows().map((row) => [row.lag, row.outbox]), [[90, 0], [0, 90]], 'each process for itself');
});

// What is scraped is not asked by the page, and methods are added up before they come to it.
const UNKNOWN = ['ServiceMissing', 'ServiceFull'];

test('the alerts are problems, but for those the page cannot know, each with a runbook in each language', () => {
  const rules = fs.readFileSync(path.join(ROOT, 'k8s/monitoring/rules/alerts.yml'), 'utf8');
  const alerts = new Set([...rules.matchAll(/- alert: (\w+)/g)].map(([, alert]) => alert));
  assert.deepEqual([...Object.keys(WORDS.en.alerts), ...UNKNOWN].sort(), [...alerts].sort());
  for (const alert of Object.keys(WORDS.en.alerts)) {
    for (const words of Object.values(WORDS)) assert.ok(fs.existsSync(path.join(ROOT, runbookOf(alert, words))), alert);
  }
});

test('both languages have the same words, and the page none beside them', () => {
  const shape = (words) => Object.fromEntries(Object.entries(words).map(([key, value]) => [key, typeof value === 'object' ? shape(value) : typeof value]));
  assert.deepEqual(shape(WORDS['zh-CN']), shape(WORDS.en));
  const html = fs.readFileSync(path.join(ROOT, 'gateway/ops/page/ops.html'), 'utf8');
  for (const [, word] of html.matchAll(/data-word="(\w+)"/g)) assert.ok(word in WORDS.en, word);
  const tags = { zh: 'zh-CN', 'zh-TW': 'zh-CN', 'en-US': 'en', fr: 'en', zhx: 'en' };
  for (const [tag, language] of Object.entries(tags)) assert.equal(languageOf(tag), language, tag);
});

test('numbers are short', () => {
  assert.deepEqual([null, 0, 0.04, 1.25, 12.6, 1234567].map(number), ['–', '0', '0', '1.3', '13', '1,234,567']);
  assert.deepEqual([null, 0, 0.00126, 0.5].map(percent), ['–', '0%', '0.13%', '50%']);
  assert.deepEqual([null, 0.0012, 0.05, 1.234].map(time), ['–', '1.2 ms', '50 ms', '1.23 s']);
});

// A server in the place of fetch: answers what `answers` says about "METHOD path" and remembers what it was asked.
function server(answers) {
  const asked = [];
  const fetch = async (where, { method, headers, body }) => {
    asked.push({ call: `${method} ${where}`, token: headers.Authorization, language: headers['Accept-Language'], body: body && JSON.parse(body) });
    const [status, answer] = answers[`${method} ${where}`]();
    return { ok: status === 200, status, json: async () => answer };
  };
  return { fetch, asked };
}

test('a session refreshes itself before its token ends, and knows when it is over', async () => {
  let now = Date.parse('2026-05-01T00:00:00Z');
  let serial = 0;
  const tokens = () => [200, { tokens: { accessToken: `a${++serial}`, refreshToken: `r${serial}`, expireTime: new Date(now + 600000).toISOString() } }];
  const answers = { 'POST v1/auth:password': tokens, 'POST v1/staffSessions:refresh': tokens, 'GET ops/metrics': () => [200, { time: 1 }],
    'POST v1/staffSessions:logOut': () => [200, {}] };
  const { fetch, asked } = server(answers);
  const session = new Session('zh-CN', fetch, () => now);
  await session.logIn('admin', 'secret', '123456');
  assert.deepEqual(asked.at(-1).body, { username: 'admin', password: 'secret', totpCode: '123456', device: 'ops' });
  assert.deepEqual(await session.get('ops/metrics'), { time: 1 });
  assert.deepEqual([asked.at(-1).token, asked.at(-1).language], ['Bearer a1', 'zh-CN']);
  now += 590000;
  await session.get('ops/metrics');
  assert.deepEqual(asked.slice(-2).map(({ call, token, body }) => [call, token, body]),
    [['POST v1/staffSessions:refresh', undefined, { refreshToken: 'r1' }], ['GET ops/metrics', 'Bearer a2', undefined]]);

  // The token ends before this machine thinks so.
  const late = ['GET ops/metrics', 'POST v1/staffSessions:refresh', 'GET ops/metrics'];
  answers['GET ops/metrics'] = () => (asked.at(-1).token === 'Bearer a3' ? [200, { time: 2 }] : [401, { reason: 'TOKEN_EXPIRED', message: '' }]);
  assert.deepEqual(await session.get('ops/metrics'), { time: 2 });
  assert.deepEqual(asked.slice(-3).map(({ call }) => call), late);
  answers['GET ops/metrics'] = () => [200, { time: 3 }];
  await session.logOut();
  assert.deepEqual([asked.at(-1).call, session.loggedIn], ['POST v1/staffSessions:logOut', false]);

  await session.logIn('admin', 'secret', '');
  answers['GET ops/metrics'] = () => [503, { reason: 'BACKEND_UNAVAILABLE', message: '稍后再试' }];
  await assert.rejects(session.get('ops/metrics'), (error) => error instanceof Refused && error.status === 503 && error.message === '稍后再试');
  assert.equal(session.loggedIn, true, 'a gateway in trouble ends no session');
  answers['GET ops/metrics'] = () => [401, { reason: 'TOKEN_INVALID', message: '请重新登录' }];
  await assert.rejects(session.get('ops/metrics'), { status: 401, reason: 'TOKEN_INVALID' });
  assert.equal(session.loggedIn, false);
});
