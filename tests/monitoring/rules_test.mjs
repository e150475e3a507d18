// What alerts and panels ask for, held against the code and against promtool's cases; no Prometheus runs.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { Recent } from '../../gateway/ops/page/figures.mjs';
import { ROOT } from '../../tools/local/settings.mjs';
import { panelQueries } from './expressions.mjs';
import { selectorsOf } from './promql.mjs';

const read = (file) => fs.readFileSync(path.join(ROOT, file), 'utf8');
const rulesIn = (file) => parse(read(`k8s/monitoring/rules/${file}.yml`)).groups.flatMap(({ rules }) => rules);
const alerts = rulesIn('alerts');
const cases = parse(read('tests/monitoring/alerts_test.yml')).tests.flatMap(({ alert_rule_test: own = [] }) => own);
const asked = [...panelQueries(), ...alerts, ...rulesIn('recording')].flatMap(({ expr }) => selectorsOf(expr));

// The alerts that no case expects to fire.
function unproved(rules, tried) {
  const fired = new Set(tried.filter(({ exp_alerts: expected }) => expected.length > 0).map(({ alertname }) => alertname));
  return [...new Set(rules.map(({ alert }) => alert))].filter((alert) => !fired.has(alert));
}

test('each alert is shown to fire', () => {
  assert.deepEqual(unproved(alerts, cases), []);
  const silent = { alertname: 'New', exp_alerts: [] };
  assert.deepEqual(unproved([...alerts, { alert: 'New' }], [...cases, silent]), ['New']);
});

// What is asked of one of these series without the label.
const without = (selectors, names, label) => selectors.filter((selector) => names.test(selector) && !selector.includes(`${label}=`));

test('streams count neither as slow nor as at hand, and only our own services as up', () => {
  const timed = /^grpc_server_(handling_seconds\w*|started_total)(\{|$)/;
  assert.deepEqual(without(asked, timed, 'grpc_type'), []);
  assert.deepEqual(without(asked, /^up(\{|$)/, 'job'), []);
  assert.deepEqual(without(['grpc_server_started_total', 'grpc_server_handling_seconds_bucket{job="a"}'], timed, 'grpc_type').length, 2);
  assert.deepEqual(without(['up', 'up{job="a"}'], /^up(\{|$)/, 'job'), ['up']);
});

// Each file of the services: [its path, its text].
const sources = ['org_svc', 'volunteer_svc', 'activity_svc'].flatMap((service) => fs.readdirSync(path.join(ROOT, service), { recursive: true })
  .filter((file) => file.endsWith('.cc')).map((file) => [`${service}/${file}`, read(`${service}/${file}`)]));
// The names of the methods of services whose bodies have it.
const methodsWith = (pattern) => sources.flatMap(([, text]) => [...text.matchAll(/^\S.*Service::(\w+)\((?:.*\n)*?\}/gm)])
  .filter(([body]) => pattern.test(body)).map(([, name]) => name).sort();

test('ServiceFull leaves out the methods that refuse whoever tries too often, and no others', () => {
  const refusing = sources.filter(([, text]) => /kResourceExhausted|RetryLater\(type::/.test(text)).map(([file]) => file).sort();
  assert.deepEqual(refusing, ['org_svc/staff/log_in_attempts.cc', 'volunteer_svc/auth/phone_codes.cc', 'volunteer_svc/auth/retry_later.cc']);
  const { expr } = alerts.find(({ alert }) => alert === 'ServiceFull');
  const [, leftOut] = /grpc_method!~"([\w|]+)"/.exec(expr);
  // How the first two of them are called.
  assert.deepEqual(methodsWith(/door_\.Prove\(|codes_\.Issue\(/), leftOut.split('|').sort());
});

// Whether the rules count series with that label as failed; `metric` is one of the fronts'.
function failsByRules(metric, label, value) {
  const [selector] = asked.filter((each) => each.startsWith(`${metric}{`) && each.includes(`${label}=~`));
  const matches = (operator) => new RegExp(`\\b${label}${operator}"([^"]+)"`).exec(selector)?.[1];
  const is = (pattern) => pattern !== undefined && new RegExp(`^(${pattern})$`).test(value);
  return is(matches('=~')) && !is(matches('!~'));
}

// The same of the page /ops.
function failsOnPage(metric, label, value) {
  const report = (time, count) => ({ time, instances: [{ target: 'gateway', instance: 'gateway:1', up: true,
    samples: { gateway_in_flight: 0, [`${metric}{${label}="${value}"}`]: count } }] });
  const recent = new Recent();
  recent.add(report(97, 0));
  recent.add(report(100, 20));
  return recent.total('failed') === 20;
}

test('the page /ops takes for failed what the rules do', () => {
  const answers = [
    ...[200, 304, 404, 429, 499, 500, 501, 502, 503, 504, 505].map((code) => ['http_server_requests_total', 'code', String(code)]),
    ...['OK', 'UNKNOWN', 'DEADLINE_EXCEEDED', 'INTERNAL', 'UNAVAILABLE', 'DATA_LOSS', 'UNIMPLEMENTED', 'RESOURCE_EXHAUSTED', 'CANCELLED']
      .map((code) => ['grpc_edge_handled_total', 'grpc_code', code]),
  ];
  assert.deepEqual(answers.map((answer) => [answer.at(-1), failsOnPage(...answer)]), answers.map((answer) => [answer.at(-1), failsByRules(...answer)]));
  assert.equal(answers.filter((answer) => failsByRules(...answer)).length, 9);
});
