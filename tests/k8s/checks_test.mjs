// Both checks find what they are for: each rule broken, and fields that Kubernetes does not know or does not take.

import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { build, K8S } from './objects.mjs';
import { faultsOfRules, RULES } from './rules.mjs';
import { faultsOfSchema } from './schema.mjs';

const county = build(path.join(K8S, 'overlays/county'));
const find = (objects, kind, name) => objects.find((object) => object.kind === kind && object.metadata.name === name);
const org = (objects) => find(objects, 'Deployment', 'org-svc');
const podOf = (objects) => org(objects).spec.template.spec;
const containerOf = (objects) => podOf(objects).containers[0];
const gatewayOf = (objects) => find(objects, 'Deployment', 'gateway').spec.template.spec.containers[0];
const settingsOf = (objects, name) => objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.startsWith(`${name}-`)).data;
const told = (container, from, to) => { container.args = container.args.map((argument) => argument.replace(from, to)); };
const mariadbOf = (objects) => find(objects, 'StatefulSet', 'mariadb').spec.template.spec.containers[0];
const primaryIs = (objects, ordinal) => { mariadbOf(objects).env.find(({ name }) => name === 'PRIMARY').value = ordinal; };
const policyOf = (objects, name) => find(objects, 'NetworkPolicy', name).spec;
const without = (objects, kind, name) => objects.splice(objects.indexOf(find(objects, kind, name)), 1);

// The way to WeChat, as an overlay would add it.
const WECHAT = { to: [{ ipBlock: { cidr: '0.0.0.0/0' } }], ports: [{ protocol: 'TCP', port: 443 }] };
const useWechat = (objects) => {
  find(objects, 'Deployment', 'volunteer-svc').spec.template.spec.containers[0].args.push('--wechat-app-id=wx');
  policyOf(objects, 'volunteer-svc-egress').egress.push(structuredClone(WECHAT));
};

const BREAKS = {
  1: [(o) => { podOf(o).securityContext.runAsUser = 1000; }, (o) => { delete podOf(o).securityContext.seccompProfile; },
    (o) => { podOf(o).securityContext.runAsNonRoot = false; }, (o) => { containerOf(o).securityContext.runAsUser = 0; },
    (o) => { containerOf(o).securityContext.runAsNonRoot = false; },
    (o) => { containerOf(o).securityContext.seccompProfile = { type: 'Unconfined' }; }],
  2: [(o) => { containerOf(o).securityContext.readOnlyRootFilesystem = false; },
    (o) => { containerOf(o).securityContext.capabilities = { drop: ['NET_RAW'] }; },
    (o) => { containerOf(o).securityContext.capabilities.add = ['NET_ADMIN']; },
    (o) => { podOf(o).initContainers = [{ ...containerOf(o), securityContext: undefined }]; },
    (o) => { delete find(o, 'CronJob', 'mariadb-backup').spec.jobTemplate.spec.template.spec.containers[0].securityContext; }],
  3: [(o) => { delete podOf(o).automountServiceAccountToken; }, (o) => { delete podOf(o).serviceAccountName; },
    (o) => { podOf(o).hostNetwork = true; }],
  4: [(o) => { delete containerOf(o).resources.limits['ephemeral-storage']; }, (o) => { delete containerOf(o).resources.requests.cpu; },
    (o) => { delete containerOf(o).resources; }],
  5: [(o) => { containerOf(o).image = 'registry.example/wenming/org-svc:latest'; }, (o) => { containerOf(o).image = 'wenming/org-svc:0.1.0'; },
    (o) => { containerOf(o).image = 'registry.example/wenming/org-svc'; },
    (o) => { mariadbOf(o).image = 'docker.io/library/mariadb:10.11.11'; }],
  6: [(o) => { containerOf(o).env.push({ name: 'DATABASE_PASSWORD', value: 'x' }); }, (o) => { containerOf(o).args.push('--db-password=x'); },
    (o) => { o.push({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'keys' }, stringData: { password: 'x' } }); }],
  7: [(o) => { podOf(o).volumes.find(({ name }) => name === 'keys').projected.defaultMode = 0o444; },
    (o) => { delete podOf(o).volumes.find(({ name }) => name === 'database').secret.defaultMode; }],
  8: [(o) => { delete containerOf(o).startupProbe; }, (o) => { containerOf(o).livenessProbe.grpc.service = 'ready'; },
    (o) => { containerOf(o).livenessProbe.grpc.service = ''; }, (o) => { containerOf(o).readinessProbe.grpc.service = 'alive'; },
    (o) => { containerOf(o).startupProbe = { ...containerOf(o).livenessProbe, periodSeconds: 1 }; },
    (o) => { gatewayOf(o).startupProbe = { ...gatewayOf(o).livenessProbe, periodSeconds: 1 }; },
    (o) => { gatewayOf(o).livenessProbe.httpGet.path = '/readyz'; }, (o) => { containerOf(o).startupProbe.failureThreshold = 30; },
    (o) => { containerOf(o).livenessProbe.grpc.port = 1; }, (o) => { gatewayOf(o).readinessProbe.httpGet.port = 9999; },
    (o) => { mariadbOf(o).livenessProbe.tcpSocket.port = 'http'; }, (o) => { org(o).spec.progressDeadlineSeconds = 300; },
    (o) => { delete find(o, 'Deployment', 'gateway').spec.progressDeadlineSeconds; }],
  9: [(o) => { podOf(o).terminationGracePeriodSeconds = 15; }, (o) => { delete containerOf(o).lifecycle; },
    (o) => { gatewayOf(o).args.unshift('--drain-time=60s'); }, (o) => { gatewayOf(o).args.unshift('--drain-delay=30s'); }],
  10: [(o) => { without(o, 'PodDisruptionBudget', 'org-svc'); }, (o) => { find(o, 'HorizontalPodAutoscaler', 'org-svc').spec.minReplicas = 1; },
    (o) => { org(o).spec.replicas = 3; },
    (o) => { find(o, 'PodDisruptionBudget', 'org-svc').spec.selector.matchLabels['app.kubernetes.io/name'] = 'other'; }],
  11: [(o) => { podOf(o).topologySpreadConstraints.pop(); }, (o) => { delete podOf(o).topologySpreadConstraints; },
    (o) => { podOf(o).topologySpreadConstraints[0].labelSelector.matchLabels = { app: 'other' }; }],
  12: [(o) => { without(o, 'Job', 'org-svc-migration'); },
    (o) => { find(o, 'Job', 'org-svc-migration').spec.template.spec.containers[0].image = 'registry.example/wenming/org-svc:0.0.9'; },
    (o) => { find(o, 'Job', 'org-svc-migration').spec.template.spec.containers[0].args.shift(); },
    (o) => { find(o, 'Job', 'org-svc-migration').spec.activeDeadlineSeconds = 1; },
    (o) => { delete find(o, 'Job', 'org-svc-migration').spec.activeDeadlineSeconds; },
    (o) => { find(o, 'Job', 'org-svc-migration').spec.ttlSecondsAfterFinished = 600; }],
  13: [(o) => { without(o, 'NetworkPolicy', 'default-deny'); }, (o) => { delete find(o, 'NetworkPolicy', 'database-egress').spec.egress[0].to; },
    (o) => { delete find(o, 'NetworkPolicy', 'gateway-ingress').spec.ingress[0].ports; },
    (o) => { delete find(o, 'NetworkPolicy', 'mariadb-ingress').spec.ingress[0].from; },
    (o) => { policyOf(o, 'org-svc-ingress').ingress[0].from = [{ namespaceSelector: {} }]; },
    (o) => { policyOf(o, 'org-svc-ingress').ingress[0].from.push({ namespaceSelector: {}, podSelector: { matchLabels: { a: 'b' } } }); },
    (o) => { policyOf(o, 'org-svc-egress').egress[0].to = [{ podSelector: {} }]; },
    (o) => { policyOf(o, 'org-svc-egress').egress.push(WECHAT); }, (o) => { policyOf(o, 'volunteer-svc-egress').egress.push(WECHAT); },
    (o) => { useWechat(o); policyOf(o, 'volunteer-svc-egress').egress.at(-1).ports.push({ protocol: 'TCP', port: 25 }); },
    (o) => { policyOf(o, 'volunteer-svc-egress').egress[0].to.push({ ipBlock: { cidr: '::/0' } }); }],
  14: [(o) => { find(o, 'HorizontalPodAutoscaler', 'org-svc').spec.maxReplicas = 40; },
    (o) => { containerOf(o).args.unshift('--db-connections=400'); },
    (o) => { delete settingsOf(o, 'database')['max-prepared-statements']; },
    (o) => { settingsOf(o, 'database')['max-prepared-statements'] = '100000'; },
    (o) => { settingsOf(o, 'mariadb')['wenming.cnf'] = settingsOf(o, 'mariadb')['wenming.cnf'].replace(/^max_prepared_stmt_count.*$/m, ''); },
    (o) => { settingsOf(o, 'mariadb')['wenming.cnf'] = settingsOf(o, 'mariadb')['wenming.cnf'].replace('max_connections = 800', 'max_connections = 150'); }],
  15: [(o) => { find(o, 'Service', 'org-svc').spec.selector['app.kubernetes.io/name'] = 'org_svc'; },
    (o) => { find(o, 'Service', 'org-svc').spec.ports[0].targetPort = 'http'; },
    (o) => { find(o, 'Service', 'mariadb-primary').spec.selector['statefulset.kubernetes.io/pod-name'] = 'mariadb-3'; }],
  16: [(o) => { containerOf(o).args.push('--dev'); }, (o) => { containerOf(o).args.push('--reflection'); },
    (o) => { containerOf(o).args.push('--allow-unsafe-database'); }],
  17: [(o) => { gatewayOf(o).args = gatewayOf(o).args.filter((argument) => !argument.startsWith('--trusted-proxy')); },
    (o) => { gatewayOf(o).args.push('--trusted-proxy=0.0.0.0/0'); }, (o) => { gatewayOf(o).args.push('--trusted-proxy=10.0.0.0/8'); }],
  18: [(o) => { delete find(o, 'StatefulSet', 'mariadb').spec.template.spec.affinity; }, (o) => { without(o, 'PodDisruptionBudget', 'mariadb'); },
    (o) => { find(o, 'StatefulSet', 'mariadb').spec.template.spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]
      .topologyKey = 'topology.kubernetes.io/region'; }],
  19: [(o) => { delete find(o, 'Service', 'org-svc').spec.clusterIP; }, (o) => { find(o, 'Service', 'org-svc').spec.ports[0].port = 80; }],
  20: [(o) => { told(gatewayOf(o), 'org-svc:9101', 'org-service:9101'); }, (o) => { told(gatewayOf(o), 'org-svc:9101', 'org-svc:9102'); },
    (o) => { find(o, 'Service', 'volunteer-svc').spec.ports[0].port = 9199; }, (o) => { without(o, 'Service', 'activity-svc-metrics'); },
    (o) => { without(o, 'NetworkPolicy', 'org-svc-egress'); }, (o) => { without(o, 'NetworkPolicy', 'activity-svc-ingress'); },
    (o) => { find(o, 'NetworkPolicy', 'volunteer-svc-egress').spec.egress[1].ports[0].port = 9102; },
    (o) => { find(o, 'NetworkPolicy', 'org-svc-ingress').spec.ingress[0].from.pop(); },
    (o) => { find(o, 'NetworkPolicy', 'allow-ops-page-out').spec.egress[0].ports[0].endPort = 9202; },
    (o) => { find(o, 'NetworkPolicy', 'allow-ops-page-in').spec.ingress[0].ports[0].port = 'mysql'; },
    (o) => { find(o, 'NetworkPolicy', 'database-egress').spec.podSelector.matchExpressions[0].values.pop(); },
    (o) => { find(o, 'NetworkPolicy', 'mariadb-ingress').spec.ingress[0].from[0].podSelector.matchExpressions[0].values.pop(); },
    (o) => { find(o, 'NetworkPolicy', 'mariadb-egress').spec.podSelector = { matchLabels: { 'app.kubernetes.io/name': 'mariadb' } }; },
    (o) => { settingsOf(o, 'database').host = 'mariadb'; settingsOf(o, 'database').port = '3307'; },
    (o) => { settingsOf(o, 'database').host = 'tidb.database.example'; },
    (o) => { primaryIs(o, '1'); }, (o) => { primaryIs(o, '7'); },
    (o) => { without(o, 'NetworkPolicy', 'allow-dns'); }, (o) => { policyOf(o, 'allow-dns').egress[0].ports.shift(); },
    (o) => { policyOf(o, 'allow-dns').egress[0].to[0].podSelector.matchLabels['k8s-app'] = 'dns'; },
    (o) => { without(o, 'NetworkPolicy', 'gateway-ingress'); }, (o) => { policyOf(o, 'gateway-ingress').ingress[0].ports.pop(); },
    (o) => { without(o, 'NetworkPolicy', 'allow-scraping'); },
    (o) => { policyOf(o, 'allow-scraping').ingress[0].from[0].namespaceSelector.matchLabels['kubernetes.io/metadata.name'] = 'other'; },
    (o) => { org(o).spec.template.metadata.annotations['prometheus.io/port'] = '1'; },
    (o) => { org(o).spec.template.metadata.annotations['prometheus.io/port'] = '9101'; }],
  21: [(o) => { mariadbOf(o).startupProbe = { exec: { command: ['healthcheck.sh', '--connect', '--innodb_initialized'] } }; },
    (o) => { delete mariadbOf(o).livenessProbe; }],
  22: [(o) => { podOf(o).volumes.find(({ name }) => name === 'database').secret.secretName = 'volunteer-svc-database'; },
    (o) => { podOf(o).volumes.find(({ name }) => name === 'keys').projected.sources.push({ secret: { name: 'activity-svc-keys' } }); },
    (o) => { containerOf(o).volumeMounts = containerOf(o).volumeMounts.filter(({ name }) => name !== 'keys'); },
    (o) => { podOf(o).volumes.find(({ name }) => name === 'bootstrap').secret = undefined; },
    (o) => { told(gatewayOf(o), '/run/wenming/edge/ca.crt', '/run/wenming/authority/ca.crt'); },
    (o) => { mariadbOf(o).volumeMounts = mariadbOf(o).volumeMounts.filter(({ name }) => name !== 'root'); }],
  23: [(o) => { find(o, 'PersistentVolumeClaim', 'mariadb-backups').spec.accessModes = ['ReadWriteOnce']; },
    (o) => { find(o, 'PersistentVolumeClaim', 'org-svc-audit-heads').spec.accessModes = ['ReadWriteOnce']; },
    (o) => { find(o, 'CronJob', 'mariadb-restore').spec.jobTemplate.spec.template.spec.volumes[1].persistentVolumeClaim
      .claimName = 'data-mariadb-2'; }],
};

test('the gateway may be left to the ingress controller alone', () => {
  const objects = structuredClone(county);
  policyOf(objects, 'gateway-ingress').ingress[0].from = [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress-nginx' } } }];
  assert.deepEqual(faultsOfRules(objects), []);
});

test('volunteer-svc has a way to WeChat where it uses it', () => {
  const objects = structuredClone(county);
  useWechat(objects);
  assert.deepEqual(faultsOfRules(objects), []);
});

test('every rule has been broken', () => assert.deepEqual(Object.keys(BREAKS), Object.keys(RULES)));

for (const [number, breaks] of Object.entries(BREAKS)) {
  test(`rule ${number} is enforced`, () => {
    for (const breakIt of breaks) {
      const objects = structuredClone(county);
      breakIt(objects);
      assert.match(faultsOfRules(objects).join('\n'), new RegExp(`^rule ${number}: `, 'm'), breakIt.toString());
    }
  });
}

const WRONG = {
  'a misspelt field of the object': [(o) => { o.specs = {}; }, /\/specs: no such field/],
  'a misspelt field of the pod': [(o) => { o.spec.template.spec.serviceAcountName = 'x'; }, /serviceAcountName: no such field/],
  'a misspelt field in a list': [(o) => { o.spec.template.spec.containers[0].readynessProbe = {}; }, /containers\/0\/readynessProbe: no such field/],
  'a misspelt field of a probe': [(o) => { o.spec.template.spec.containers[0].livenessProbe.grpc.svc = 'x'; }, /grpc\/svc: no such field/],
  'a misspelt field of metadata': [(o) => { o.metadata.label = {}; }, /metadata\/label: no such field/],
  'a field in the wrong place': [(o) => { o.spec.containers = []; }, /spec\/containers: no such field/],
  'a number for a text': [(o) => { o.metadata.name = 7; }, /metadata\/name/],
  'a text for a number': [(o) => { o.spec.template.spec.terminationGracePeriodSeconds = 'soon'; }, /terminationGracePeriodSeconds/],
  'a label that is no text': [(o) => { o.metadata.labels.port = 9101; }, /labels/],
  'a missing selector': [(o) => { delete o.spec.selector; }, /spec/],
  'a container without a name': [(o) => { delete o.spec.template.spec.containers[0].name; }, /containers\/0/],
  'a kind that there is not': [(o) => { o.kind = 'Deploymnet'; }, /no schema for apps\/v1 Deploymnet/],
  'a version that there is not': [(o) => { o.apiVersion = 'apps/v9'; }, /no schema for apps\/v9 Deployment/],
};

for (const [what, [spoil, expected]] of Object.entries(WRONG)) {
  test(`${what} is found`, () => {
    const object = structuredClone(org(county));
    assert.deepEqual(faultsOfSchema(object), []);
    spoil(object);
    assert.match(faultsOfSchema(object).join('\n'), expected);
  });
}
