// Every overlay is what Kubernetes' schemas and k8s/RULES.md ask for, and says to the programs only what they understand.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { run, scratch } from '../tools/support.mjs';
import { kubectl } from './kubectl.mjs';
import { build, K8S } from './objects.mjs';
import { faultsOfRules, RULES } from './rules.mjs';
import { faultsOfSchema } from './schema.mjs';

const overlays = fs.readdirSync(path.join(K8S, 'overlays'));
const components = fs.readdirSync(path.join(K8S, 'components'));
const overlay = (name) => build(path.join(K8S, 'overlays', name));

function assertSound(objects) {
  assert.ok(objects.length > 30, `${objects.length} objects are not the platform`);
  assert.deepEqual(objects.flatMap((object) => faultsOfSchema(object).map((fault) => `${object.kind} ${object.metadata?.name}${fault}`)), []);
  assert.deepEqual(faultsOfRules(objects), []);
}

for (const name of overlays) {
  test(`${name} is sound`, () => assertSound(overlay(name)));

  test(`${name} stands in one namespace that refuses what is not restricted`, () => {
    const objects = overlay(name);
    const space = objects.find(({ kind }) => kind === 'Namespace');
    assert.equal(space.metadata.labels['pod-security.kubernetes.io/enforce'], 'restricted');
    for (const { kind, metadata } of objects.filter((object) => object !== space)) {
      assert.equal(metadata.namespace, space.metadata.name, `${kind} ${metadata.name}`);
    }
  });
}

test('an overlay with a database for trying is sound', (t) => {
  const folder = scratch(t);
  const k8s = path.relative(fs.realpathSync(folder), K8S);
  const programs = ['gateway', 'org-svc', 'volunteer-svc', 'activity-svc'];
  fs.writeFileSync(path.join(folder, 'kustomization.yaml'), JSON.stringify({
    namespace: 'wenming-trial',
    resources: programs.map((name) => `${k8s}/base/${name}`),
    components: ['network-policies', 'mysql-dev'].map((name) => `${k8s}/components/${name}`),
    images: [{ name: 'docker.io/library/mariadb', newName: 'registry.example/wenming/mariadb' },
      ...programs.map((name) => ({ name: `wenming/${name}`, newName: `registry.example/wenming/${name}`, newTag: '0.1.0' }))],
    configMapGenerator: [
      { name: 'database', literals: ['host=mariadb', 'port=3306', 'max-connections=800', 'max-prepared-statements=160000'] },
      { name: 'wenming', literals: ['public-url=https://wenming.example'] },
    ],
    patches: [{
      target: { kind: 'Deployment', name: 'gateway' },
      patch: '[{"op": "add", "path": "/spec/template/spec/containers/0/args/-", "value": "--trusted-proxy=10.244.16.0/20"}]',
    }],
  }));
  assertSound(build(folder));
});

test('k8s/monitoring has every rule and every dashboard that there is', () => {
  const maps = build(path.join(K8S, 'monitoring'));
  assert.deepEqual(maps.flatMap(faultsOfSchema), []);
  const files = (folder) => fs.readdirSync(path.join(K8S, 'monitoring', folder)).sort();
  const { 'wenming-rules': rules, 'wenming-dashboards': dashboards, ...others } =
    Object.fromEntries(maps.map(({ metadata, data }) => [metadata.name, Object.keys(data).sort()]));
  assert.deepEqual([rules, dashboards, others], [files('rules'), files('dashboards'), {}]);
});

test('every component says what it is', () => {
  for (const name of components) assert.ok(fs.existsSync(path.join(K8S, 'components', name, 'README.md')), name);
});

test('k8s/RULES.md has every rule, and no other', () => {
  const written = [...fs.readFileSync(path.join(K8S, 'RULES.md'), 'utf8').matchAll(/^(\d+)\. /gm)].map(([, number]) => number);
  assert.deepEqual(written, Object.keys(RULES));
});

test('the programs know every flag that they are given', () => {
  const bin = path.join(process.env.WENMING_BUILD_DIR, 'bin');
  const containers = overlays.flatMap((name) => overlay(name))
    .filter(({ kind }) => ['Deployment', 'Job'].includes(kind)).flatMap(({ spec }) => spec.template.spec.containers);
  for (const { image, args } of containers) {
    const program = /\/wenming\/([a-z-]+):/.exec(image)[1].replaceAll('-', '_');
    const { out } = run(path.join(bin, program), ['--help']);
    const known = new Set([...out.matchAll(/^ +--([a-z-]+)/gm)].map(([, flag]) => flag));
    assert.ok(known.size > 15, `${program} --help`);
    for (const argument of args) {
      const [, flag] = /^--([a-z-]+)(=|$)/.exec(argument) ?? assert.fail(argument);
      assert.ok(known.has(flag), `${program} does not know ${argument}`);
    }
  }
});

test('a program that is no kubectl is not taken for one', (t) => {
  const cache = scratch(t);
  fs.writeFileSync(path.join(cache, 'kubectl'), '');
  assert.equal(kubectl({ cache, installed: 'true' }), path.join(cache, 'kubectl'));
  assert.equal(kubectl({ cache, installed: path.join(cache, 'missing') }), path.join(cache, 'kubectl'));
});
