// The objects that kustomize makes of a folder.

import assert from 'node:assert/strict';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { ROOT, run } from '../tools/support.mjs';
import { kubectl } from './kubectl.mjs';

export const K8S = path.join(ROOT, 'k8s');

export function build(folder) {
  const { status, out, err } = run(kubectl(), ['kustomize', folder]);
  assert.equal(status, 0, err);
  assert.equal(err, '', 'kustomize warns');
  return parseAllDocuments(out).map((document) => document.toJS());
}
