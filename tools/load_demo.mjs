#!/usr/bin/env node
// Loads the Hongtong demo into a running stack, through its HTTP API: the county's units and teams, staff of the center,
// two institutes and three stations, generated volunteers, and a week of activities. Leaves RUN_DIR/demo.json with the
// accounts, for `./wenming status`. Loading again continues where the last time ended and changes nothing that is there.

import { parseArgs } from 'node:util';
import { secretFile } from './local/database.mjs';
import { Problem, good, run } from './local/problem.mjs';
import { OPTIONS, runDirOf } from './local/settings.mjs';
import { importCounty, readCounty } from './story/county.mjs';
import { demoAccounts, demoPasswordFile, openAccounts } from './story/accounts.mjs';
import { registerVolunteers } from './story/residents.mjs';
import { logIn } from './story/staff.mjs';
import { keepDemo, loadedDemo, runningStack, sessionOf } from './story/stack.mjs';
import { planWeek } from './story/week.mjs';

const HELP = `usage: tools/load_demo.mjs [--run-dir DIR] [--volunteers N] [--seed N] [--no-activities]

  --run-dir DIR      of the running stack (WENMING_RUN_DIR, .run)
  --volunteers N     how many people to register; 800
  --seed N           what they are drawn from; 141024
  --no-activities    without the week of activities`;

const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

// Runs one part of the loading and says what came of it.
async function part(what, action) {
  const began = performance.now();
  const [value, outcome] = await action();
  good(`${what}: ${outcome} (${seconds(began)})`);
  return value;
}

const told = ({ created, updated, unchanged }) =>
  (created + updated === 0 ? `${unchanged}, all there already` : `${created} created, ${updated} updated, ${unchanged} unchanged`);

async function load(runDir, { count, seed, activities }) {
  const stack = runningStack(runDir);
  if (!stack.dev) throw new Error('the demo is for a stack with --dev: elsewhere administrators need a second factor first');
  const session = sessionOf(stack);
  const admin = await logIn(session, stack.admin.login, secretFile(stack.admin.password_file));
  const county = await part('units and teams', async () => {
    const { units, teams } = await importCounty(admin);
    return [await readCounty(session), `units ${told(units)}; teams ${told(teams)}`];
  });
  const accounts = demoAccounts(county, secretFile(demoPasswordFile(runDir)));
  const staff = await part('staff', async () => {
    const { sessions, created } = await openAccounts(session, admin, accounts);
    return [sessions, created === 0 ? 'all there already' : `${created} accounts created`];
  });
  const people = await part('volunteers', () => registerVolunteers(staff.get('center'), county, count, seed));
  if (activities) await part('activities', () => planWeek({ session, staff, county, people, seed, now: new Date() }));
  keepDemo(runDir, {
    seed,
    volunteers: count,
    accounts: accounts.map(({ login, password, role, unit, unitName }) => ({ login, password, role, unit: unitName, unit_name: unit })),
  });
}

await run(async () => {
  const { values: flags } = parseArgs({
    options: {
      'run-dir': OPTIONS['run-dir'],
      volunteers: { type: 'string', default: '800' },
      seed: { type: 'string', default: '141024' },
      'no-activities': { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (flags.help) return console.log(HELP);
  const [count, seed] = [flags.volunteers, flags.seed].map(Number);
  if (![count, seed].every((number) => Number.isInteger(number) && number >= 0)) {
    throw new Problem('--volunteers and --seed take whole numbers.');
  }
  const runDir = runDirOf(flags);
  const loaded = loadedDemo(runDir);
  if (loaded?.seed === seed && loaded.volunteers >= count) return good('the demo is loaded already');
  await load(runDir, { count, seed, activities: !flags['no-activities'] });
});
