// The rules of k8s/RULES.md, by their numbers: each looks at all objects of an overlay and says what breaks it.

import { callsLead } from './calls.mjs';
import { configMap, containers, flag, labelsOfPods, named, nameOf, pod, portsOf, selects, servers, template, workloads } from './parts.mjs';
import { secretsOwn, secretsReferred } from './secrets.mjs';

// For each container of each workload, a sentence where `sound` is not true.
const everyContainer = (sentence, sound) => (objects) => workloads(objects).flatMap((workload) =>
  containers(workload).filter((container) => !sound(container, workload)).map(({ name }) =>
    `${nameOf(workload)}, container ${name}: ${sentence}`));
const everyPod = (sentence, sound) => (objects) =>
  workloads(objects).filter((workload) => !sound(pod(workload), workload)).map((workload) => `${nameOf(workload)}: ${sentence}`);
const everyServer = (sentence, sound) => (objects) =>
  servers(objects).filter((server) => !sound(server, objects)).map((server) => `${nameOf(server)}: ${sentence}`);

// What a container runs as: what it says itself goes before what its pod says.
function isNobody({ securityContext: own }, workload) {
  const context = { ...pod(workload).securityContext, ...own };
  return context.runAsNonRoot === true && context.runAsUser >= 10000 && context.runAsGroup >= 10000 &&
    context.seccompProfile?.type === 'RuntimeDefault';
}

function oneRegistry(objects) {
  const registries = new Set(workloads(objects).flatMap(containers).map(({ image }) => image.split('/')[0]));
  return registries.size === 1 ? [] : [`the images come from several registries: ${[...registries].join(', ')}`];
}

// What a probe asks for, without how often.
const question = ({ grpc, httpGet, tcpSocket, exec } = {}) => grpc?.service ?? httpGet?.path ?? (tcpSocket && 'an open port') ??
  (exec && exec.command.join(' '));

const HALF_AN_HOUR = 1800;
const lasts = ({ initialDelaySeconds = 0, periodSeconds = 10, failureThreshold = 3 }) =>
  initialDelaySeconds + periodSeconds * failureThreshold;

// A service waits that long for its database itself, so a start must not be ended before.
const startsInTime = (container) => !flag(container, 'db-schema') || lasts(container.startupProbe) > HALF_AN_HOUR;

function probesDiffer({ startupProbe, readinessProbe, livenessProbe }) {
  const [start, ready, alive] = [startupProbe, readinessProbe, livenessProbe].map(question);
  return start !== undefined && start !== ready && start !== alive && ['ready', '/readyz'].includes(ready) &&
    ['alive', '/healthz'].includes(alive);
}

// The gateway is not ready before the services are.
const waitsForAll = ({ spec }, objects) => servers(objects).every((server) =>
  (spec.progressDeadlineSeconds ?? 600) > lasts(containers(server)[0].startupProbe ?? {}));

const portAsked = ({ grpc, httpGet, tcpSocket }) => (grpc ?? httpGet ?? tcpSocket)?.port;

// Probes that run a command have no port.
const probesMeet = ({ ports = [], startupProbe, readinessProbe, livenessProbe }) =>
  [startupProbe, readinessProbe, livenessProbe].filter(Boolean).map(portAsked).filter((port) => port !== undefined)
    .every((port) => ports.some(({ name, containerPort }) => [name, containerPort].includes(port)));

// Ten seconds is what all of them take for the drain where the flag is not given.
function gracesAddUp(server) {
  const [container] = containers(server);
  const pause = container.lifecycle?.preStop?.sleep?.seconds ?? 0;
  const seconds = (name, otherwise) => Number.parseInt(flag(container, name) ?? otherwise, 10);
  return pause >= 5 && pod(server).terminationGracePeriodSeconds >=
    pause + seconds('drain-delay', '0s') + seconds('drain-time', '10s') + 5;
}

// IPv4 networks of at most 65,536 addresses.
function proxiesKnown(objects) {
  const { args } = containers(named(objects, 'Deployment', 'gateway'))[0];
  const networks = args.filter((argument) => argument.startsWith('--trusted-proxy=')).map((argument) => argument.split('=')[1]);
  const narrow = (network) => Number(/^[0-9.]+\/(\d+)$/.exec(network)?.[1]) >= 16;
  return networks.length > 0 && networks.every(narrow) ? [] : ['Deployment gateway: needs the network of its proxies, no wider than a /16'];
}

function setsSpread(objects) {
  return objects.filter(({ kind, spec }) => kind === 'StatefulSet' && spec.replicas > 1).filter((set) => {
    const { labels } = set.spec.template.metadata;
    const apart = pod(set).affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    return !apart.some(({ topologyKey, labelSelector }) =>
      topologyKey === 'kubernetes.io/hostname' && selects(labelSelector.matchLabels, labels)) ||
      !objects.some(({ kind, spec }) => kind === 'PodDisruptionBudget' && selects(spec.selector.matchLabels, labels));
  }).map((set) => `${nameOf(set)}: its replicas must be kept apart, and have a disruption budget`);
}

// What each connection keeps at most (common/db/pool.h).
const STATEMENTS = 256;

// The services refuse keys that everybody may read.
const closedModes = everyPod('files of secrets must not be open to everybody', (spec) => (spec.volumes ?? []).every(
  ({ secret, projected }) => [secret, projected].every((source) => !source || ((source.defaultMode ?? 0o644) & 0o007) === 0)));

// What a MariaDB of the overlay is told, by a file or by arguments; undefined where there is none, or it is not told.
function toldToDatabase(objects, setting) {
  const files = objects.filter(({ kind }) => kind === 'ConfigMap').flatMap(({ data }) => Object.values(data));
  const args = objects.filter(({ kind }) => kind === 'StatefulSet').flatMap(containers).flatMap((container) => container.args ?? []);
  const pattern = new RegExp(`^(?:--)?${setting.replaceAll('-', '[-_]')} *= *(\\d+)$`, 'm');
  return pattern.exec([...files, ...args].join('\n'))?.[1];
}

function databaseHolds(objects) {
  const settings = configMap(objects, 'database')?.data ?? {};
  // Twelve beside the threads that answer calls (common/service), and one replica more in a rolling update.
  const most = servers(objects).reduce((sum, server) => {
    const connections = flag(containers(server)[0], 'db-connections');
    const scaler = named(objects, 'HorizontalPodAutoscaler', server.metadata.name);
    return sum + (connections ? (Number(connections) + 12) * ((scaler?.spec.maxReplicas ?? 1) + 1) : 0);
  }, 0);
  const own = objects.some(({ kind }) => kind === 'StatefulSet');
  const needs = { 'max-connections': most, 'max-prepared-statements': most * STATEMENTS };
  return Object.entries(needs).flatMap(([setting, needed]) => {
    const limit = settings[setting];
    const told = own ? toldToDatabase(objects, setting.replace('statements', 'stmt-count')) : limit;
    return [
      ...(limit === 'none' || Number(limit) >= needed ? [] : [`the replicas may need ${needed} of ${setting}, the database has ${limit}`]),
      ...(told === limit ? [] : [`the ConfigMap says ${setting}=${limit}, and the database is told ${told}`]),
    ];
  });
}

function migrated(objects) {
  return servers(objects).filter((server) => flag(containers(server)[0], 'db-schema')).filter((server) => {
    const job = named(objects, 'Job', `${server.metadata.name}-migration`);
    const [of] = containers(server);
    const [by] = job ? containers(job) : [];
    const same = (name) => flag(of, name) === flag(by, name);
    return !by?.args.includes('--migrate') || by.image !== of.image || !['db-host', 'db-user', 'db-schema'].every(same) ||
      !(job.spec.activeDeadlineSeconds > HALF_AN_HOUR) || job.spec.ttlSecondsAfterFinished <= job.spec.activeDeadlineSeconds;
  }).map((server) => `${nameOf(server)}: no Job of the same image migrates its schema, has half an hour and can be waited for`);
}

const isEmpty = (selector) => selector && Object.values(selector).every((demands) => Object.keys(demands).length === 0);
// A peer that is every namespace, every pod of this one, or every address.
const isEverybody = ({ podSelector, namespaceSelector, ipBlock }) =>
  ipBlock?.cidr.endsWith('/0') || isEmpty(namespaceSelector) || (!namespaceSelector && isEmpty(podSelector));

// WeChat has no addresses that one could name.
const toWechat = (objects, { podSelector }, { ports }) =>
  podSelector.matchLabels?.['app.kubernetes.io/name'] === 'volunteer-svc' && ports.every(({ port }) => port === 443) &&
    flag(containers(named(objects, 'Deployment', 'volunteer-svc'))[0], 'wechat-app-id') !== undefined;

function deniedByDefault(objects) {
  const denies = objects.some(({ kind, spec }) => kind === 'NetworkPolicy' && Object.keys(spec.podSelector).length === 0 &&
    ['Ingress', 'Egress'].every((type) => spec.policyTypes.includes(type)) && !spec.ingress && !spec.egress);
  const public_ = ({ spec }) => spec.podSelector.matchLabels?.['app.kubernetes.io/name'] === 'gateway';
  const open = objects.filter(({ kind }) => kind === 'NetworkPolicy').filter((policy) =>
    (policy.spec.egress ?? []).some((rule) => !rule.to || !rule.ports ||
      (rule.to.some(isEverybody) && !toWechat(objects, policy.spec, rule))) ||
    (policy.spec.ingress ?? []).some(({ from, ports }) => !ports || ((!from || from.some(isEverybody)) && !public_(policy))));
  return [...(denies ? [] : ['no policy denies everything in and out']), ...open.map((policy) => `${nameOf(policy)}: open to all`)];
}

function servicesLead(objects) {
  return objects.filter(({ kind }) => kind === 'Service').filter(({ spec }) => !workloads(objects).some((workload) =>
    labelsOfPods(workload).some((labels) => selects(spec.selector, labels)) &&
      spec.ports.every(({ targetPort }) => portsOf(workload).some(({ name }) => name === targetPort)))).map((service) => `${nameOf(service)}: leads to no port of any pod`);
}

// What the services serve, in cleartext; the gateway's own port for gRPC is balanced by whoever stands before it.
function headless(objects) {
  const services = objects.filter(({ kind, spec }) => kind === 'Service' && spec.ports.some(({ appProtocol }) => appProtocol === 'kubernetes.io/h2c'));
  return services.filter(({ spec }) => spec.clusterIP !== 'None' || !workloads(objects).some((workload) =>
    selects(spec.selector, template(workload).metadata.labels) && spec.ports.every(({ targetPort, port }) =>
      portsOf(workload).some((own) => own.name === targetPort && own.containerPort === port))))
    .map((service) => `${nameOf(service)}: is not headless, or its port is not the pod's`);
}

// The image's healthcheck.sh has an account for whatever else it can ask, and makes it where it makes the database.
const asksWithoutAccount = (probe) => probe?.tcpSocket || probe?.exec?.command.join(' ') === 'healthcheck.sh --connect';

const hardened = ({ securityContext: context }) => context?.allowPrivilegeEscalation === false &&
  context.readOnlyRootFilesystem === true && context.capabilities?.drop?.includes('ALL') && !context.capabilities.add &&
  !context.privileged;
const bounded = ({ resources }) => resources?.requests?.cpu && resources.limits?.memory &&
  [resources.requests, resources.limits].every((some) => some.memory && some['ephemeral-storage']);

// The claims that only one node at a time may have, the members' own included.
function claimsOfOneNode(objects) {
  const alone = ({ spec }) => spec.accessModes.includes('ReadWriteOnce');
  const own = objects.filter(({ kind }) => kind === 'StatefulSet').flatMap((set) => (set.spec.volumeClaimTemplates ?? []).filter(alone)
    .flatMap(({ metadata }) => Array.from({ length: set.spec.replicas }, (_, i) => `${metadata.name}-${set.metadata.name}-${i}`)));
  return [...own, ...objects.filter(({ kind }) => kind === 'PersistentVolumeClaim').filter(alone).map(({ metadata }) => metadata.name)];
}

// Two of them may be at two nodes; and the pods of a server are at several.
function claimsMeet(objects) {
  const bound = claimsOfOneNode(objects);
  return workloads(objects).filter((workload) => (pod(workload).volumes ?? [])
    .filter(({ persistentVolumeClaim: claim }) => bound.includes(claim?.claimName)).length > (workload.kind === 'Deployment' ? 0 : 1))
    .map((workload) => `${nameOf(workload)}: its volumes may be at different nodes`);
}

export const RULES = {
  1: everyContainer('must run as nobody in particular, with a high uid, under seccomp', isNobody),
  2: everyContainer('must have a read-only root, no capabilities and no way to gain any', hardened),
  3: everyPod('must have an account of its own, without a token', (spec) =>
    spec.automountServiceAccountToken === false && (spec.serviceAccountName ?? 'default') !== 'default' &&
    !spec.hostNetwork && !spec.hostPID && !spec.hostIPC),
  4: everyContainer('must say what it requests, and limit memory and ephemeral storage', bounded),
  5: (objects) => [
    ...everyContainer('the image must be pinned by a version or digest', ({ image }) =>
      /^[^/]+\.[^/]+\/.+(:\d+\.\d+\.\d+|@sha256:[0-9a-f]{64})$/.test(image))(objects),
    ...oneRegistry(objects),
  ],
  6: secretsReferred,
  7: closedModes,
  8: (objects) => [
    ...everyServer('needs startup, readiness and liveness probes that ask different questions, and time to start', (server) =>
      containers(server).every((container) => probesDiffer(container) && startsInTime(container)))(objects),
    ...everyContainer('a probe asks at a port that it does not have', probesMeet)(objects),
    ...everyServer('its rollout fails before its pods, or those that it waits for, must have started', waitsForAll)(objects),
  ],
  9: everyServer('preStop, drain and the grace do not add up', gracesAddUp),
  10: everyServer('needs an autoscaler from two replicas up, a disruption budget, and no number of its own', (server, objects) => {
    const scaler = named(objects, 'HorizontalPodAutoscaler', server.metadata.name);
    const budget = named(objects, 'PodDisruptionBudget', server.metadata.name);
    return server.spec.replicas === undefined && scaler?.spec.minReplicas >= 2 &&
      scaler.spec.scaleTargetRef.name === server.metadata.name && budget &&
      selects(budget.spec.selector.matchLabels, server.spec.template.metadata.labels);
  }),
  11: everyServer('must spread over zones and nodes', (server) => ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].every(
    (key) => pod(server).topologySpreadConstraints?.some(({ topologyKey, labelSelector }) =>
      topologyKey === key && selects(labelSelector.matchLabels, server.spec.template.metadata.labels)))),
  12: migrated,
  13: deniedByDefault,
  14: databaseHolds,
  15: servicesLead,
  16: everyContainer('development flags are not for a cluster', ({ args }) =>
    !args?.some((argument) => ['--dev', '--reflection', '--allow-unsafe-database'].includes(argument))),
  17: proxiesKnown,
  18: setsSpread,
  19: headless,
  20: callsLead,
  21: (objects) => objects.filter(({ kind }) => kind === 'StatefulSet').filter((set) => containers(set).some((container) =>
    ['startupProbe', 'readinessProbe', 'livenessProbe'].some((probe) => !asksWithoutAccount(container[probe])))).map((set) =>
    `${nameOf(set)}: a probe is missing, or needs an account in the volume`),
  22: secretsOwn,
  23: claimsMeet,
};

// Every rule on the objects of one overlay: "rule N: what breaks it".
export const faultsOfRules = (objects) => Object.entries(RULES).flatMap(([number, rule]) =>
  rule(objects).map((fault) => `rule ${number}: ${fault}`));
