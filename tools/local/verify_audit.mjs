// `tools/stack verify-audit`: has each service compare its audit log with the chain and with the exported heads.

import { spawnSync } from 'node:child_process';
import { Problem } from './problem.mjs';
import { readRecord } from './record.mjs';
import { STORES } from './services.mjs';
import { runDirOf } from './settings.mjs';

export async function verifyAudit(flags) {
  const record = readRecord(runDirOf(flags));
  if (record === null) throw new Problem('wenming is not running, so its database cannot be read.', './wenming up starts it.');
  let wrong = 0;
  for (const name of Object.keys(STORES)) {
    const { binary, args } = record.services[name];
    const verified = spawnSync(binary, [...args, '--verify-audit'], { encoding: 'utf8' });
    if (verified.error) throw new Problem(`${name} cannot be run: ${verified.error.message}`, './wenming up builds it.');
    process.stdout.write(verified.stdout);
    if (verified.status !== 0) wrong = 1;
  }
  return wrong;
}
