// What the objects of an overlay say of secrets: that they are nowhere written down, whose they are, and where they are mounted.

import { containers, nameOf, pod, template, workloads } from './parts.mjs';

const FILES = '/run/wenming/';
const SHARED = 'wenming-keys';

function writtenDown(object) {
  const faults = [];
  if (object.kind === 'Secret') faults.push(`${nameOf(object)}: secrets are made outside of the tree`);
  for (const container of workloads([object]).flatMap(containers)) {
    for (const { name, value } of container.env ?? []) {
      if (value !== undefined && /password|secret|token|key/i.test(name) && !name.endsWith('_FILE')) {
        faults.push(`${nameOf(object)}: ${name} is written down`);
      }
    }
    if (container.args?.some((argument) => /^--[a-z-]*(password|secret)=/.test(argument))) {
      faults.push(`${nameOf(object)}: a secret among the arguments`);
    }
  }
  return faults;
}

export const secretsReferred = (objects) => objects.flatMap(writtenDown);

// The Secrets that a volume is made of.
const secretsOf = ({ secret, projected }) =>
  [secret?.secretName, ...(projected?.sources ?? []).map((source) => source.secret?.name)].filter(Boolean);

// Those that a pod has and that are another's.
function foreign(workload) {
  const own = template(workload).metadata.labels['app.kubernetes.io/name'];
  return (pod(workload).volumes ?? []).flatMap(secretsOf)
    .filter((name) => name !== own && !name.startsWith(`${own}-`) && name !== SHARED);
}

// The files of secrets that a container is told of, by its arguments or its environment.
const filesTold = ({ args = [], env = [] }) => [...args.map((argument) => argument.slice(argument.indexOf('=') + 1)),
  ...env.map(({ value }) => value)].filter((text) => text?.startsWith(FILES));

// Those of them that are not there.
function missing(workload, container) {
  const volumes = (pod(workload).volumes ?? []).filter((volume) => secretsOf(volume).length > 0).map(({ name }) => name);
  const places = (container.volumeMounts ?? []).filter(({ name }) => volumes.includes(name)).map(({ mountPath }) => mountPath);
  return filesTold(container).filter((file) => !places.some((place) => `${file}/`.startsWith(`${place}/`)));
}

export const secretsOwn = (objects) => workloads(objects).flatMap((workload) => [
  ...foreign(workload).map((name) => `${nameOf(workload)}: the Secret ${name} is not its own`),
  ...containers(workload).flatMap((container) => missing(workload, container))
    .map((file) => `${nameOf(workload)}: ${file} lies in no Secret that it has mounted`),
]);
