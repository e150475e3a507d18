// The scrape job of components/monitoring, on the pods of the county as Kubernetes tells of them: by promtool, with a file in place of
// the cluster, which Debian's Prometheus does not speak with.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { until } from '../../tools/local/process.mjs';
import { build, K8S } from '../k8s/objects.mjs';
import { portsOf, template, workloads } from '../k8s/parts.mjs';
import { run, scratch } from '../tools/support.mjs';

const WAIT = 60000;
const county = build(path.join(K8S, 'overlays/county'));
const job = () => {
  const [, text] = /```yaml\n(.*?)```/s.exec(fs.readFileSync(path.join(K8S, 'components/monitoring/README.md'), 'utf8'));
  return parse(text).scrape_configs[0];
};

const metaOf = (what, texts = {}) => Object.entries(texts).map(([name, value]) =>
  [`__meta_kubernetes_pod_${what}_${name.replaceAll(/\W/g, '_')}`, value]);

// One pod of the workload, once for each of its ports.
const discovered = (workload, ip) => portsOf(workload).map(({ containerPort }) => ({
  targets: [`${ip}:${containerPort}`],
  labels: Object.fromEntries([['__meta_kubernetes_pod_ip', ip], ...metaOf('label', template(workload).metadata.labels),
    ...metaOf('annotation', template(workload).metadata.annotations)]),
}));

// "job address" of each target that Prometheus would scrape.
async function targets(t, config, pods) {
  const folder = scratch(t);
  const { kubernetes_sd_configs: _, ...own } = config;
  fs.writeFileSync(path.join(folder, 'pods.json'), JSON.stringify(pods));
  fs.writeFileSync(path.join(folder, 'prometheus.yml'), JSON.stringify({
    scrape_configs: [{ ...own, file_sd_configs: [{ files: [path.join(folder, 'pods.json')] }] }],
  }));
  // promtool tells what it has found after a time that it is given, however early that is.
  const ask = () => {
    const { status, out, err } = run('promtool', ['check', 'service-discovery', '--timeout=1s', path.join(folder, 'prometheus.yml'), config.job_name]);
    assert.equal(status, 0, err);
    return JSON.parse(out) ?? [];
  };
  let found = [];
  assert.ok(await until(() => (found = ask()).length > 0, WAIT), 'promtool finds the pods');
  const kept = found.map(({ labels }) => labels).filter((labels) => labels?.__address__);
  return [...new Set(kept.map((labels) => `${labels.job} ${labels.__address__}`))].sort();
}

test('each server is scraped as the job that rules and dashboards go by, and nobody else', async (t) => {
  const pods = workloads(county).flatMap((workload, i) => discovered(workload, `10.0.0.${i}`));
  const stranger = { targets: ['10.0.1.1:80'], labels: Object.fromEntries(metaOf('annotation', { 'prometheus.io/scrape': 'true' })) };
  const ip = (name) => `10.0.0.${workloads(county).findIndex(({ kind, metadata }) => kind === 'Deployment' && metadata.name === name)}`;
  assert.deepEqual(await targets(t, job(), [...pods, stranger]), [`activity_svc ${ip('activity-svc')}:9203`, `gateway ${ip('gateway')}:9200`,
    `org_svc ${ip('org-svc')}:9201`, `volunteer_svc ${ip('volunteer-svc')}:9202`]);
});

test('the job looks where the county is, as often as its windows need', () => {
  const space = county.find(({ kind }) => kind === 'Namespace').metadata.name;
  assert.deepEqual(job().kubernetes_sd_configs, [{ role: 'pod', namespaces: { names: [space] } }]);
  assert.equal(job().scrape_interval, '15s');
});
