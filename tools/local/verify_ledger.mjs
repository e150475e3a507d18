// `tools/stack verify-ledger`: has volunteer_svc read every entry of the hour ledger again.

import { spawnSync } from 'node:child_process';
import { Problem } from './problem.mjs';
import { readRecord } from './record.mjs';
import { runDirOf } from './settings.mjs';

function inWords({ error, accounts, entries, fault }) {
  if (error) return error;
  if (!fault) return `${entries} entries of ${accounts} volunteers are in order`;
  return `${fault.volunteer} of ${fault.center}, entry ${fault.sequence}: ${fault.what}`;
}

export async function verifyLedger(flags) {
  const record = readRecord(runDirOf(flags));
  if (record === null) throw new Problem('wenming is not running, so its database cannot be read.', './wenming up starts it.');
  const { binary, args } = record.services.volunteer_svc;
  const verified = spawnSync(binary, [...args, '--verify-ledger'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (verified.error) throw new Problem(`volunteer_svc cannot be run: ${verified.error.message}`, './wenming up builds it.');
  if (verified.stdout !== '') console.log(flags.json ? verified.stdout.trim() : inWords(JSON.parse(verified.stdout)));
  return verified.status === 0 ? 0 : 1;
}
