// Every expression that somebody looks at or is woken by, and what a Prometheus finds for it.

import fs from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../tools/local/settings.mjs';
import { selectorsOf, withoutFilters } from './promql.mjs';

const FOLDER = path.join(ROOT, 'k8s/monitoring/dashboards');

async function api(url, what) {
  const { status, data, error } = await (await fetch(`${url}/api/v1/${what}`)).json();
  if (status !== 'success') throw new Error(`${what}: ${error}`);
  return data;
}

// The labels of each series that the expression finds.
const found = async (url, expr) =>
  (await api(url, `query?query=${encodeURIComponent(expr)}`)).result.map(({ metric }) => metric);

// { where, expr, legend } of every query of every panel.
export function panelQueries() {
  return fs.readdirSync(FOLDER).flatMap((file) => {
    const { panels } = JSON.parse(fs.readFileSync(path.join(FOLDER, file), 'utf8'));
    return panels.flatMap(({ title, targets }) =>
      targets.map(({ expr, legendFormat }) => ({ where: `${file}: ${title}`, expr, legend: legendFormat })));
  });
}

// { where, expr, alert: true, texts } of every alert and { where, expr } of every recording rule that this Prometheus has.
export async function rules(url) {
  const { groups } = await api(url, 'rules');
  return groups.flatMap((group) => group.rules).map(({ type, name, query, health, lastError, annotations, labels }) => {
    if (health === 'err') throw new Error(`${name}: ${lastError}`);
    return type === 'alerting' ? { where: `alert ${name}`, name, expr: query, alert: true, labels, annotations } : { where: `rule ${name}`, expr: query };
  });
}

// What is wrong with the query: a part of it, or all of it, finds no series, or its legend names a label that none has. Null
// when all is well. absent() is silent when all is well, so of it only the parts are asked.
export async function faultOf(url, { expr, legend = '', alert = false }) {
  for (const selector of selectorsOf(expr)) {
    if ((await found(url, selector)).length === 0) return `${selector} finds no series`;
  }
  if (/\babsent\(/.test(expr)) return null;
  const series = await found(url, alert ? withoutFilters(expr) : expr);
  if (series.length === 0) return `${expr} finds no series`;
  const unknown = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label).find((label) => !series.some((labels) => label in labels));
  return unknown ? `no series has the label ${unknown} of the legend` : null;
}
