// Every panel and every alert, evaluated by a real Prometheus that scraped the real services under load.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { isAlive, until } from '../../tools/local/process.mjs';
import { prometheusOf } from '../../tools/local/prometheus.mjs';
import { ROOT } from '../../tools/local/settings.mjs';
import { startStack } from '../support/running_stack.mjs';
import { faultOf, panelQueries, rules } from './expressions.mjs';
import { makeLoad } from './load.mjs';

const FOUND_MS = 120000;

let stack;
const monitor = (...flags) =>
  execFileSync(path.join(ROOT, 'tools/stack'), ['monitor', '--run-dir', stack.runDir, '--interval', '1s', ...flags], { encoding: 'utf8' });
const url = () => prometheusOf(stack.runDir).url;

before(async () => {
  stack = await startStack({ volunteers: 20 });
  monitor();
  await makeLoad(stack);
});
after(() => stack?.stop());

// The faults of the queries once Prometheus has had the time to scrape and to record.
async function faults(queries) {
  let left = queries;
  await until(async () => {
    const judged = await Promise.all(left.map(async (query) => ({ ...query, fault: await faultOf(url(), query) })));
    left = judged.filter(({ fault }) => fault !== null);
    return left.length === 0;
  }, FOUND_MS);
  return left.map(({ where, fault }) => `${where}: ${fault}`);
}

test('a second monitor changes nothing', () => {
  const { pid } = prometheusOf(stack.runDir);
  assert.match(monitor(), /already/);
  assert.equal(prometheusOf(stack.runDir).pid, pid);
});

test('every panel finds series, with the labels of its legend', async () => {
  const queries = panelQueries();
  assert.ok(queries.length > 50, `${queries.length} queries`);
  assert.deepEqual(await faults(queries), []);
});

test('every alert and every recording rule has something to judge', async () => {
  const all = await rules(url());
  assert.ok(all.filter(({ alert }) => alert).length > 15 && all.length > 40, `${all.length} rules`);
  assert.deepEqual(await faults(all), []);
});

test('a query that finds nothing is found', async () => {
  const broken = [
    { expr: 'sum(rate(wenming_registrations_totl[5m]))' },
    { expr: 'sum(rate(http_server_requests_total{code=~"6.."}[5m])) or 0 * sum(rate(http_server_requests_total[5m]))' },
    { expr: 'up and on (job) (wenming_ready > 1)' },
    { expr: 'wenming_ready == 0 and on (backend) gateway_backend_connections', alert: true },
    { expr: 'sum by (job) (up)', legend: '{{jbo}}' },
    { expr: 'absent(up{job="gatewya"})', alert: true },
  ];
  for (const query of broken) assert.notEqual(await faultOf(url(), query), null, query.expr);
  assert.equal(await faultOf(url(), { expr: 'wenming_ready == 0', alert: true }), null, 'silent, but not blind');
});

test('every alert says how grave it is, what it is and what to do', async () => {
  for (const { name, alert, labels, annotations } of await rules(url())) {
    if (!alert) continue;
    assert.match(labels.severity, /^(page|ticket)$/, name);
    assert.ok(annotations.summary, name);
    assert.match(fs.readFileSync(path.join(ROOT, annotations.runbook), 'utf8'), new RegExp(`^# ${name}\\b`), name);
  }
});

test('Prometheus ends when it is told to, and with the stack', async () => {
  const first = prometheusOf(stack.runDir);
  monitor('--stop');
  assert.equal(isAlive(first), false);
  monitor();
  const second = prometheusOf(stack.runDir);
  assert.equal(isAlive(second), true);
  const ended = stack;
  stack = null;
  await ended.stop();
  assert.equal(isAlive(second), false);
});
