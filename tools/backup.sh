#!/usr/bin/env bash
# usage: ./wenming backup [--keep N | --to DIR] [--run-dir DIR]
#
# Copies the stack's database by mariadb-backup, while everything runs, into RUN_DIR/backups/<time, UTC>: all three schemas as
# of one moment. The copy is made ready to be started before its name appears, so what has the name is whole. With the binary
# log that goes on, ./wenming restore reaches every moment since.
#
#   --keep N    afterwards delete the older whole copies in RUN_DIR/backups, but for N with this one
#   --to DIR    copy into DIR instead
#
# The copy is encrypted no more than the database is, and nobody can read its personal data without RUN_DIR/keys, which are
# not in it: keep the keys elsewhere, apart from the copies.
set -euo pipefail
source "$(dirname "$0")/lib.sh"
if help_asked "$@"; then help_of "$0"; exit; fi

run_dir=${WENMING_RUN_DIR:-$ROOT/.run}
to='' keep=''
while [[ $# -gt 0 ]]; do
  case $1 in
    --run-dir) run_dir=${2:?'--run-dir needs a directory'}; shift ;;
    --to) to=${2:?'--to needs a directory'}; shift ;;
    --keep) keep=${2:?'--keep needs a number'}; shift ;;
    *) fail "unknown option $1" 'see ./wenming backup --help' ;;
  esac
  shift
done
[[ -z $keep || $keep =~ ^[1-9][0-9]{0,3}$ ]] || fail "--keep is \"$keep\", which is no number of copies."
[[ -z $keep || -z $to ]] || fail '--keep deletes in RUN_DIR/backups, to which --to does not copy.'
"$ROOT/tools/install.sh" backup
run_dir=$(realpath -m "$run_dir")
database=$run_dir/db
to=$(realpath -m "${to:-$run_dir/backups/$(date -u +%Y%m%dT%H%M%SZ)}")
[[ ! -e $to ]] || fail "$to exists already."
socket=$("$ROOT/tools/mariadb.sh" socket "$database")
mariadb --no-defaults --socket="$socket" --user=root -e 'DO 0' >/dev/null 2>&1 ||
  fail "The database does not answer on $socket." './wenming up starts it.'

umask 077
mkdir -p "$(dirname "$to")"
part=$to.part
rm -rf "$part"
trap 'rm -rf "$part"' EXIT
run() {
  "$@" >>"$to.log" 2>&1 || { tail -5 "$to.log" >&2; fail 'mariadb-backup failed.' "Its log is $to.log."; }
}
now() { date -u +%FT%TZ; }

# Oldest first: their names are times. A copy loses its name before it is deleted, so that what has one is whole.
delete_older() {
  local copy copies=()
  for copy in "$run_dir"/backups/*; do
    if [[ ${copy##*/} =~ ^[0-9]{8}T[0-9]{6}Z$ && ! -L $copy && -f $copy/backup_time ]]; then copies+=("$copy"); fi
  done
  for ((i = 0; i < ${#copies[@]} - keep; ++i)); do
    mv "${copies[i]}" "${copies[i]}.part"
    rm -rf "${copies[i]}.part"
    good "deleted: ${copies[i]}"
  done
}

start_time=$(now)
run mariadb-backup --defaults-file="$database/mariadb.cnf" --backup --user=root --socket="$socket" --target-dir="$part"
run mariadb-backup --prepare --target-dir="$part"
echo "$start_time" >"$part/backup_start_time"
now >"$part/backup_time"
[[ ! -f $database/binlog/series ]] || cp "$database/binlog/series" "$part/binlog_series"
mv "$part" "$to"
rm -f "$to.log"
# For ./wenming doctor: the last copy that this database's log continues.
printf '%s %s\n' "$start_time" "$to" >"$database/last_backup"
[[ -f $to/binlog_series && -s $to/xtrabackup_binlog_info ]] ||
  warn 'the database keeps no binary log: a restore goes back to this copy and no further'
good "backed up: $to"
[[ -z $keep ]] || delete_older
