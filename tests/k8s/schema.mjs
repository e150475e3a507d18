// Kubernetes' own schemas, as the npm package kubernetes-models carries them: compiled validators, one a kind. They accept
// fields that they do not know, so a misspelt one would pass. But a validator reads each field that it knows, so it is shown
// the object through proxies that note what is read: a field that nobody has read, nobody knows.

import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { ROOT } from '../tools/support.mjs';

const require = createRequire(import.meta.url);
const SCHEMAS = path.join(ROOT, 'node_modules/kubernetes-models/_schemas');
const capital = (text) => text[0].toUpperCase() + text.slice(1);

// "apps/v1" and "Deployment" are IoK8sApiAppsV1Deployment; "v1" is the group Core.
function validator(apiVersion, kind) {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['core', apiVersion];
  const file = path.join(SCHEMAS, `IoK8sApi${capital(group.split('.')[0])}${capital(version)}${kind}.js`);
  return fs.existsSync(file) ? require(file).validate : null;
}

function watched(value, place, watches) {
  if (value === null || typeof value !== 'object') return value;
  const inner = new Map(Object.entries(value).map(([key, field]) => [key, watched(field, `${place}/${key}`, watches)]));
  const read = new Set();
  watches.push({ value, place, read });
  return new Proxy(value, {
    get(target, key) {
      if (Object.hasOwn(target, key)) read.add(key);
      return inner.has(key) ? inner.get(key) : target[key];
    },
  });
}

const unread = ({ value, place, read }) =>
  (Array.isArray(value) ? [] : Object.keys(value)).filter((key) => !read.has(key)).map((key) => `${place}/${key}: no such field`);

// What is wrong with one object, a sentence each; nothing where it is as the schema has it.
export function faultsOfSchema(object) {
  const { apiVersion, kind } = object;
  const validate = typeof apiVersion === 'string' && typeof kind === 'string' ? validator(apiVersion, kind) : null;
  if (!validate) return [`no schema for ${apiVersion} ${kind}`];
  const watches = [];
  const sound = validate(watched(object, '', watches));
  if (!sound) return validate.errors.map(({ instancePath, message, keyword, params }) =>
    `${instancePath}: ${message ?? `${keyword} ${JSON.stringify(params)}`}`);
  return watches.flatMap(unread);
}
