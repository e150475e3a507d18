// Who calls whom, by what the containers are told, and whether there is a Service for it and policies let it through; the same of
// the cluster's DNS, of who comes from outside, and of Prometheus.

import {
  configMap, containers, labelsOfPods, named, nameOf, portsOf, selects, selectsPod, template, workloads,
} from './parts.mjs';

const POD_NAME = 'statefulset.kubernetes.io/pod-name';
const NOBODY = '192.0.2.';  // what components/network-policies names until the overlay says where the database is

// "NAME=value", the values of ConfigMaps looked up.
const environment = (objects, { env = [] }) => env.map(({ name, value, valueFrom }) => {
  const { name: map, key } = valueFrom?.configMapKeyRef ?? {};
  return `${name}=${value ?? named(objects, 'ConfigMap', map)?.data[key] ?? ''}`;
});

function told(objects, container) {
  const env = environment(objects, container);
  const valueOf = (name) => env.find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1);
  const args = (container.args ?? []).map((argument) => argument.replace(/\$\((\w+)\)/g, (whole, name) => valueOf(name) ?? whole));
  return { env, args, primary: valueOf('PRIMARY') };
}

// { host, port } of what is called: written together at the end, or in two places that are called alike.
function addressesOf(objects, workload, container) {
  const { env, args, primary } = told(objects, container);
  const texts = [...env, ...args];
  const together = texts.map((text) => /(?:^|=)([a-z0-9.-]*[a-z][a-z0-9.-]*):(\d+)$/.exec(text)?.slice(1)).filter(Boolean);
  const apart = texts.map((text) => /^(.*)host=(.+)$/i.exec(text)?.slice(1)).filter(Boolean).map(([what, host]) =>
    [host, texts.find((text) => text.toLowerCase().startsWith(`${what.toLowerCase()}port=`))?.split('=')[1]]);
  // The replicas of components/mariadb-replicated, to which start.sh says it.
  const followed = primary === undefined ? [] : [[`${workload.metadata.name}-${primary}.${workload.spec.serviceName}`, 3306]];
  return [...together, ...apart, ...followed].map(([host, port]) => ({ host, port: Number(port) }));
}

// Whether ports of a policy have that port of a pod, which may have names there.
const portAllowed = (ports, { port: number, names = [], protocol: spoken = 'TCP' }) => !ports || ports.some(
  ({ port, endPort, protocol = 'TCP' }) => protocol === spoken &&
    (typeof port === 'number' ? port <= number && number <= (endPort ?? port) : names.includes(port)));

// Whether a policy lets the pod with labels `own` do so. `isPeer` says of a peer of a rule whether it is the other side.
function allowed(objects, direction, own, isPeer, at) {
  const rules = objects.filter(({ kind, spec }) =>
    kind === 'NetworkPolicy' && spec.policyTypes.includes(direction) && selectsPod(spec.podSelector, own))
    .flatMap(({ spec }) => spec[direction.toLowerCase()] ?? []);
  return rules.some(({ from, to, ports }) => portAllowed(ports, at) && (!(from ?? to) || (from ?? to).some(isPeer)));
}

const isPod = (labels) => ({ podSelector, namespaceSelector, ipBlock }) =>
  !namespaceSelector && !ipBlock && selectsPod(podSelector, labels);
const isOutside = ({ ipBlock }) => ipBlock && !ipBlock.cidr.startsWith(NOBODY);
const isSpace = (name) => ({ namespaceSelector }) =>
  namespaceSelector && selects(namespaceSelector.matchLabels, { 'kubernetes.io/metadata.name': name });
const isDns = (peer) => isSpace('kube-system')(peer) && selectsPod(peer.podSelector ?? {}, { 'k8s-app': 'kube-dns' });
const isElsewhere = ({ namespaceSelector, ipBlock }) => namespaceSelector || ipBlock;  // whoever balances the load

// The pods behind HOST, the name of a Service or POD.SERVICE: { service, pods }, each with its labels and its port.
function behind(objects, host, port) {
  const [name, of] = host.split('.');
  const service = named(objects, 'Service', of ?? name);
  const target = service?.spec.ports.find((each) => each.port === port)?.targetPort;
  const pods = target === undefined ? [] : workloads(objects).flatMap((workload) => {
    const own = portsOf(workload).find((each) => each.name === target);
    return labelsOfPods(workload).filter((labels) => own && selects(service.spec.selector, labels) && (!of || labels[POD_NAME] === name))
      .map((labels) => ({ labels, port: own.containerPort, names: [target] }));
  });
  return { service, pods };
}

function faultsOfCall(objects, caller, { host, port }) {
  const { service, pods } = behind(objects, host, port);
  const called = `${nameOf(caller)} calls ${host}:${port}`;
  const [own] = labelsOfPods(caller);
  if (!service && host.includes('.')) {
    return allowed(objects, 'Egress', own, isOutside, { port }) ? [] : [`${called}: no policy lets it out of the cluster`];
  }
  if (pods.length === 0) return [`${called}: no Service has that port and pods behind it`];
  return [
    ...(pods.every((to) => allowed(objects, 'Egress', own, isPod(to.labels), to)) ? [] : [`${called}: no policy lets it out`]),
    ...(pods.every((to) => allowed(objects, 'Ingress', to.labels, isPod(own), to)) ? [] : [`${called}: no policy lets it in`]),
  ];
}

// The Service of the primary leads to the pod that takes itself for it.
function primaryLed(objects) {
  const service = named(objects, 'Service', configMap(objects, 'database')?.data.host);
  const pods = service?.spec.selector[POD_NAME];
  return pods === undefined ? [] : objects.filter(({ kind }) => kind === 'StatefulSet').filter((set) => {
    const { primary } = told(objects, containers(set)[0]);
    return primary !== undefined && pods !== `${set.metadata.name}-${primary}`;
  }).map((set) => `${nameOf(service)} does not lead to the primary of ${nameOf(set)}`);
}

// Whoever calls by name has to ask for it.
function namesKnown(objects, caller) {
  const [own] = labelsOfPods(caller);
  return ['UDP', 'TCP'].every((protocol) => allowed(objects, 'Egress', own, isDns, { port: 53, protocol })) ? [] :
    [`${nameOf(caller)} calls by name, and no policy lets it ask the cluster's DNS`];
}

// The gateway is there for those outside.
const gatewayReached = (objects) => named(objects, 'Service', 'gateway').spec.ports.filter(({ port }) =>
  !behind(objects, 'gateway', port).pods.every((to) => allowed(objects, 'Ingress', to.labels, isElsewhere, to)))
  .map(({ port }) => `Service gateway: no policy lets anybody in at ${port}`);

// Prometheus asks where the annotations of the pods say.
const scraped = (objects) => workloads(objects).filter((workload) => {
  const { labels, annotations = {} } = template(workload).metadata;
  if (annotations['prometheus.io/scrape'] !== 'true') return false;
  const port = portsOf(workload).find(({ containerPort }) => String(containerPort) === annotations['prometheus.io/port']);
  return !port || !allowed(objects, 'Ingress', labels, isSpace('monitoring'), { port: port.containerPort, names: [port.name] });
}).map((workload) => `${nameOf(workload)}: is to be scraped at a port that it has not, or where no policy lets Prometheus in`);

function faultsOfCaller(objects, caller) {
  const addresses = containers(caller).flatMap((container) => addressesOf(objects, caller, container));
  return addresses.length === 0 ? [] :
    [...namesKnown(objects, caller), ...addresses.flatMap((address) => faultsOfCall(objects, caller, address))];
}

export const callsLead = (objects) => [
  ...workloads(objects).flatMap((caller) => faultsOfCaller(objects, caller)),
  ...primaryLed(objects), ...gatewayReached(objects), ...scraped(objects),
];
