#!/bin/bash
# Puts the copy BACKUP of backup.sh, or the latest, into the volume at DATA of a member that does not run. What was there, with
# the binary log that leads on from the copy, is kept in DATA/.before: remove it once all is well.
set -euo pipefail
shopt -s nullglob dotglob

copies=("$BACKUPS"/*Z)
copy=$BACKUPS/$BACKUP
[[ $BACKUP != latest ]] || copy=${copies[-1]}
[[ -f $copy/xtrabackup_slave_info ]] || { echo "$copy is no copy" >&2; exit 1; }
[[ ! -e $DATA/.before ]] || { echo "$DATA/.before is there since an earlier restore: remove it first" >&2; exit 1; }
mkdir "$DATA/.before"
for entry in "$DATA"/*; do
  case ${entry##*/} in .before | lost+found) ;; *) mv "$entry" "$DATA/.before" ;; esac
done
mariadb-backup --no-defaults --copy-back --force-non-empty-directories --target-dir="$copy" --datadir="$DATA"
read -r position <"$copy/xtrabackup_slave_info"
echo "$copy: $position"
