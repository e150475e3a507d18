// The staff of the demo: the center, two institutes, three stations below them, and the leader of a station's squad.

import path from 'node:path';
import { ensureAccount, logIn } from './staff.mjs';
import { onceKnown } from './waiting.mjs';

export const demoPasswordFile = (runDir) => path.join(runDir, 'demo.password');

// The accounts by the units of the county; station1 and station2 belong to institute1, station3 to institute2.
export function demoAccounts(county, password) {
  const [first, second] = county.institutes.filter((institute) => county.stationsOf(institute).length >= 2);
  const [station1, station2] = county.stationsOf(first);
  const [station3] = county.stationsOf(second);
  const account = (login, role, unit, displayName) =>
    ({ login, role, unit: unit.name, unitName: unit.displayName, displayName, password });
  return [
    account('center', 'center_admin', county.center, '中心管理员'),
    account('institute1', 'unit_admin', first, '一所所长'),
    account('institute2', 'unit_admin', second, '二所所长'),
    account('station1', 'unit_admin', station1, '一站站长'),
    account('station2', 'unit_admin', station2, '二站站长'),
    account('station3', 'unit_admin', station3, '三站站长'),
    account('leader1', 'team_leader', station1, '一站小分队队长'),
  ];
}

// Opens what is missing: the center's account by the platform's administrator, the others by the center. Resolves with
// the sessions by user name, and how many accounts are new.
export async function openAccounts(session, admin, accounts) {
  const [center, ...others] = accounts;
  let created = (await ensureAccount(admin, center)) ? 1 : 0;
  const sessions = new Map([['center', await logIn(session, center.login, center.password)]]);
  await Promise.all(others.map(async (account) => {
    if (await ensureAccount(sessions.get('center'), account)) ++created;
    sessions.set(account.login, await logIn(session, account.login, account.password));
  }));
  for (const staff of sessions.values()) await onceKnown('the account to be known', () => staff.get('/v1/staff:me'));
  return { sessions, created };
}
