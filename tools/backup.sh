#!/usr/bin/env bash
# usage: ./wenming backup [--to DIR] [--run-dir DIR]
#
# Copies the stack's database by mariadb-backup, while everything runs, into DIR (RUN_DIR/backups/<time, UTC>): all three
# schemas as of one moment. The copy is made ready to be started before its name appears, so what has the name is whole. With
# the binary log that goes on, ./wenming restore reaches every moment since.
#
# The copy is encrypted no more than the database is, and nobody can read its personal data without RUN_DIR/keys, which are
# not in it: keep the keys elsewhere, apart from the copies.
set -euo pipefail
source "$(dirname "$0")/lib.sh"
if help_asked "$@"; then help_of "$0"; exit; fi

run_dir=${WENMING_RUN_DIR:-$ROOT/.run}
to=
while [[ $# -gt 0 ]]; do
  case $1 in
    --run-dir) run_dir=${2:?'--run-dir needs a directory'}; shift ;;
    --to) to=${2:?'--to needs a directory'}; shift ;;
    *) fail "unknown option $1" 'see ./wenming backup --help' ;;
  esac
  shift
done
"$ROOT/tools/install.sh" backup
database=$(realpath -m "$run_dir")/db
to=$(realpath -m "${to:-$run_dir/backups/$(date -u +%Y%m%dT%H%M%SZ)}")
[[ ! -e $to ]] || fail "$to exists already."
socket=$("$ROOT/tools/mariadb.sh" socket "$database")
mariadb --no-defaults --socket="$socket" --user=root -e 'DO 0' >/dev/null 2>&1 ||
  fail "The database does not answer on $socket." './wenming up starts it.'

umask 077
mkdir -p "$(dirname "$to")"
part=$to.part
rm -rf "$part"
run() {
  "$@" >>"$to.log" 2>&1 || { tail -5 "$to.log" >&2; fail 'mariadb-backup failed.' "Its log is $to.log."; }
}
run mariadb-backup --defaults-file="$database/mariadb.cnf" --backup --user=root --socket="$socket" --target-dir="$part"
run mariadb-backup --prepare --target-dir="$part"
date -u +%FT%TZ >"$part/backup_time"
[[ ! -f $database/binlog/series ]] || cp "$database/binlog/series" "$part/binlog_series"
mv "$part" "$to"
rm -f "$to.log"
[[ -f $to/binlog_series && -s $to/xtrabackup_binlog_info ]] ||
  warn 'the database keeps no binary log: a restore goes back to this copy and no further'
good "backed up: $to"
