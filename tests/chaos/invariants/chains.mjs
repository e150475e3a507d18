// Invariant 5: the hour ledger and the audit log are hash chains. The ledger's is computed here again, by the words of
// volunteer_svc/hours/hash_chain.h; the audit log's needs its key, so the services' own verdict is taken.

import { createHash } from 'node:crypto';

const FORM = 'wenming-hours-1';
const NOTHING = '00'.repeat(32);
// The columns in the order of the canonical bytes; texts come in hexadecimal digits.
const COLUMNS = ['center_id', 'volunteer_id', 'sequence', 'registration_id', 'revision', 'minutes', 'balance_minutes', 'start_time',
  'end_time', 'activity_id', 'activity_title', 'shift_id', 'unit_id', 'team_id', 'place', 'content', 'person_in_charge_id',
  'recorder_id', 'grade', 'record_time'];
const TEXTS = ['activity_title', 'place', 'content'];

export function entryHash(before, raw) {
  const parts = COLUMNS.map((column) => {
    const bytes = TEXTS.includes(column) ? Buffer.from(raw[column], 'hex') : Buffer.from(raw[column]);
    return Buffer.concat([Buffer.from(`${bytes.length}:`), bytes]);
  });
  const bytes = Buffer.concat([Buffer.from(before, 'hex'), Buffer.from(FORM), ...parts]);
  return createHash('sha256').update(bytes).digest('hex').toUpperCase();
}

// `verdicts`: [{ what, ok, told }] of the commands that verify.
export function chainFaults({ accounts, entries }, verdicts) {
  const faults = verdicts.filter(({ ok }) => !ok).map(({ what, told }) => `${what}: ${told}`);
  for (const { volunteer, hash: head } of accounts) {
    let before = NOTHING;
    for (const { raw, sequence } of entries.filter((entry) => entry.volunteer === volunteer).sort((a, b) => a.sequence - b.sequence)) {
      if (raw.hash !== entryHash(before, raw)) faults.push(`${volunteer}: entry ${sequence} is not what was chained`);
      before = raw.hash;
    }
    if (head !== before) faults.push(`${volunteer}: the account's hash is not that of its last entry`);
  }
  return faults;
}
