// A fingerprint of everything the three schemas hold, to prove that nothing was written: but for what a refusal leaves on
// purpose, its record in the audit log and the count of attempts to log in.

import { query } from '../../tools/local/database.mjs';

// A map from "schema.table" to the checksum of its rows.
export function fingerprint(socket) {
  const tables = query(socket, "SELECT CONCAT(table_schema, '.', table_name) FROM information_schema.tables "
    + "WHERE table_schema LIKE 'wenming\\_%' AND table_name NOT LIKE 'audit\\_%' AND table_name <> 'log_in_attempts' ORDER BY 1").map(([name]) => name);
  return new Map(query(socket, `CHECKSUM TABLE ${tables.join(', ')} EXTENDED`));
}
