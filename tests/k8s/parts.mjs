// How the rules look at the objects of an overlay: workloads and their pods, and what selects what.

export const workloads = (objects) => objects.filter(({ kind }) => ['Deployment', 'StatefulSet', 'Job', 'CronJob'].includes(kind));
export const servers = (objects) => objects.filter(({ kind }) => kind === 'Deployment');
export const template = ({ spec }) => spec.jobTemplate?.spec.template ?? spec.template;
export const pod = (workload) => template(workload).spec;
export const containers = (workload) => [...(pod(workload).initContainers ?? []), ...pod(workload).containers];
export const portsOf = (workload) => containers(workload).flatMap(({ ports }) => ports ?? []);
export const nameOf = ({ kind, metadata }) => `${kind} ${metadata.name}`;
export const named = (objects, kind, name) => objects.find((object) => object.kind === kind && object.metadata.name === name);
export const configMap = (objects, name) => objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.startsWith(`${name}-`));
export const flag = (container, name) =>
  container.args?.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3);

// Whether labels are those of a Service's selector; an empty one selects all.
export const selects = (selector, labels) => Object.entries(selector ?? {}).every(([key, value]) => labels?.[key] === value);

// The same of a policy's selector, of which only the operator In is used here.
export const selectsPod = ({ matchLabels, matchExpressions = [] }, labels) => selects(matchLabels, labels) &&
  matchExpressions.every(({ key, operator, values }) => operator === 'In' && values.includes(labels[key]));

// The labels of each pod, as far as they differ: a StatefulSet names each of its pods in one.
export function labelsOfPods(workload) {
  const { kind, metadata, spec } = workload;
  const { labels } = template(workload).metadata;
  if (kind !== 'StatefulSet') return [labels];
  return Array.from({ length: spec.replicas }, (_, i) => ({ ...labels, 'statefulset.kubernetes.io/pod-name': `${metadata.name}-${i}` }));
}
