#!/bin/bash
# Copies the database of the member HOST, whose volume is mounted at DATA, into a folder of BACKUPS named by the time (UTC), and
# keeps the KEEP youngest. A copy is made ready to be started before its name appears, so what has the name is whole.
set -euo pipefail
shopt -s nullglob
umask 077

MYSQL_PWD=$(<"$PASSWORD_FILE")
export MYSQL_PWD
rm -rf "$BACKUPS"/*.part
copy=$BACKUPS/$(date -u +%Y%m%dT%H%M%SZ)
mariadb-backup --no-defaults --backup --host="$HOST" --port="$PORT" --user=backup --datadir="$DATA" --slave-info --target-dir="$copy.part"
mariadb-backup --no-defaults --prepare --target-dir="$copy.part"
# Without it HOST follows nobody, and the copy leads on to no log.
read -r position <"$copy.part/xtrabackup_slave_info"
sync
mv "$copy.part" "$copy"
echo "$copy: $position"

copies=("$BACKUPS"/*Z)
for ((i = 0; i < ${#copies[@]} - KEEP; ++i)); do rm -rf "${copies[i]}"; done
