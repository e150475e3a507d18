// A fingerprint of everything the three schemas hold, to prove that nothing was written.

import { query } from '../../tools/local/database.mjs';

// A map from "schema.table" to the checksum of its rows.
export function fingerprint(socket) {
  const tables = query(socket, "SELECT CONCAT(table_schema, '.', table_name) FROM information_schema.tables "
    + "WHERE table_schema LIKE 'wenming\\_%' ORDER BY 1").map(([name]) => name);
  return new Map(query(socket, `CHECKSUM TABLE ${tables.join(', ')} EXTENDED`));
}
