// Hongtong's units and teams: imported through the API, as a county would.

import fs from 'node:fs';
import path from 'node:path';
import { ROOT } from '../local/settings.mjs';
import { until } from './waiting.mjs';

const base64 = (file) => fs.readFileSync(path.join(ROOT, 'data/hongtong', file)).toString('base64');

function refuseErrors(file, report) {
  if (report.errors.length === 0) return report;
  const rows = report.errors.slice(0, 5).map(({ row, column, message }) => `row ${row}, ${column}: ${message}`);
  throw new Error(`${file} was not imported: ${rows.join('; ')}`);
}

// Imports what is not there yet; resolves with the two reports. `admin` is the platform's administrator.
export async function importCounty(admin) {
  const units = refuseErrors('units.csv', await admin.post('/v1/units:import', { csv: base64('units.csv') }));
  const center = (await findCenter(admin)).name;
  const teams = refuseErrors('teams.csv', await admin.post('/v1/teams:import', { center, csv: base64('teams.csv') }));
  return { units, teams };
}

const findCenter = (session) => until('the center to appear', async () => {
  const { units } = await session.get('/v1/units?level=LEVEL_CENTER');
  return units.find(({ code }) => code === 'HT');
});

// The tree, from the API: { center, institutes, stationsOf(institute) }, each unit as the API gives it, ordered by code.
export async function readCounty(session) {
  const center = await findCenter(session);
  const all = await session.list(`/v1/units?parent=${encodeURIComponent(center.name)}&subtree=true`, 'units');
  const at = (level) => all.filter((unit) => unit.level === level);
  const stations = at('LEVEL_STATION');
  return {
    center,
    stations,
    institutes: at('LEVEL_INSTITUTE'),
    stationsOf: (institute) => stations.filter(({ parent }) => parent === institute.name),
  };
}
