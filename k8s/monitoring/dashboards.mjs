#!/usr/bin/env node
// usage: k8s/monitoring/dashboards.mjs [--check]
//
// Writes the Grafana dashboards into k8s/monitoring/dashboards/ from the tables of panels.mjs. --check writes nothing and fails
// where a file is not what it would write.

import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { DASHBOARDS } from './panels.mjs';

const FOLDER = path.join(path.dirname(fileURLToPath(import.meta.url)), 'dashboards');
const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };
const [COLUMNS, HEIGHT, SMALL_HEIGHT] = [24, 8, 4];  // Grafana's grid

function panel({ title, unit = 'short', kind = 'timeseries', width = 12, queries }, id, gridPos) {
  return {
    id, title, type: kind, gridPos, datasource: DATASOURCE,
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    targets: queries.map(([expr, legend], i) => ({
      refId: String.fromCharCode(65 + i), datasource: DATASOURCE, expr, legendFormat: legend ?? '', instant: kind !== 'timeseries',
    })),
    ...(kind === 'timeseries' && { options: { tooltip: { mode: 'multi', sort: 'desc' }, legend: { displayMode: 'list', placement: 'bottom' } } }),
  };
}

// Side by side while they fit into a row.
function laidOut(panels) {
  let [x, y, high] = [0, 0, 0];
  return panels.map((each, i) => {
    const w = each.width ?? 12;
    const h = each.kind === 'stat' ? SMALL_HEIGHT : HEIGHT;
    if (x + w > COLUMNS) [x, y, high] = [0, y + high, 0];
    const placed = panel(each, i + 1, { x, y, w, h });
    [x, high] = [x + w, Math.max(high, h)];
    return placed;
  });
}

const dashboard = (name, { title, panels }) => ({
  uid: `wenming-${name}`,
  title: `wenming · ${title}`,
  tags: ['wenming'],
  schemaVersion: 38,
  editable: false,
  refresh: '30s',
  time: { from: 'now-6h', to: 'now' },
  templating: { list: [{ name: 'datasource', type: 'datasource', query: 'prometheus', label: '数据源' }] },
  links: [{ type: 'dashboards', tags: ['wenming'], title: 'wenming', asDropdown: true }],
  panels: laidOut(panels),
});

const check = process.argv.includes('--check');
for (const [name, table] of Object.entries(DASHBOARDS)) {
  const file = path.join(FOLDER, `${name}.json`);
  const text = `${JSON.stringify(dashboard(name, table), null, 2)}\n`;
  if (!check) fs.writeFileSync(file, text);
  else if (!fs.existsSync(file) || fs.readFileSync(file, 'utf8') !== text) {
    console.error(`${file} is not what k8s/monitoring/dashboards.mjs writes: run it`);
    process.exitCode = 1;
  }
}
