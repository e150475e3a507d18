#!/bin/bash
# Starts one of the set: the pod with the ordinal PRIMARY is written to, the others follow it and take no writes.
set -euo pipefail

ordinal=${HOSTNAME##*-}
role=(--server-id="$((ordinal + 1))")
if [[ $ordinal == "$PRIMARY" ]]; then
  # The schemas and users go to the others by the log, so only here they are made.
  cp "$SCHEMAS"/*.sql "$FIRST_START"
  # Whoever took over follows nobody, whatever his volume says: the old primary may have commits that nobody else has.
  role+=(--rpl-semi-sync-master-enabled=ON --skip-slave-start)
else
  export MARIADB_MASTER_HOST=mariadb-$PRIMARY.mariadb
  role+=(--read-only=ON)
fi
exec docker-entrypoint.sh mariadbd "${role[@]}"
