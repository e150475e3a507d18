#!/usr/bin/env bash
# usage: ./wenming restore BACKUP [--until TIME | --without-log] [--run-dir DIR]
#
# Stops the stack and sets its database back to a copy of ./wenming backup, then applies the binary log: all of it, or until
# TIME. The database runs afterwards; ./wenming up starts the services. The data as they were are kept beside, as
# db/data.before-<time> and db/binlog.before-<time>: remove them once all is well.
#
#   --until TIME    what `date` reads, in whole seconds: "2026-11-26 20:50:00 UTC". All that was acknowledged before it is
#                   there, nothing that began at it or later
#   --without-log   the copy alone
set -euo pipefail
source "$(dirname "$0")/lib.sh"
if help_asked "$@"; then help_of "$0"; exit; fi

run_dir=${WENMING_RUN_DIR:-$ROOT/.run}
backup='' until='' log=yes
while [[ $# -gt 0 ]]; do
  case $1 in
    --run-dir) run_dir=${2:?'--run-dir needs a directory'}; shift ;;
    --until) until=${2:?'--until needs a time'}; shift ;;
    --without-log) log= ;;
    -*) fail "unknown option $1" 'see ./wenming restore --help' ;;
    *) [[ -z $backup ]] || fail 'there is one BACKUP'; backup=$(realpath -m "$1") ;;
  esac
  shift
done
[[ $backup ]] || fail 'Which backup?' 'see ./wenming restore --help'
[[ -f $backup/backup_time ]] || fail "$backup is no backup of ./wenming backup."
[[ -z $until || $log ]] || fail '--until needs the log that --without-log leaves out.'
"$ROOT/tools/install.sh" backup

database=$(realpath -m "$run_dir")/db
if [[ $until ]]; then
  stop=$(date -u -d "$until" +%s) || fail "\"$until\" is no time." 'Write it as "2026-11-26 20:50:00 UTC".'
  ((stop >= $(date -u -d "$(cat "$backup/backup_time")" +%s))) || fail "The backup was made after $until." 'Take an older one.'
  ((stop <= $(date +%s))) || fail "$until is still to come."
fi

# The files of the log from the one in which the backup ended; POSITION is where in the first.
files=()
position=
if [[ $log ]]; then
  cmp -s "$backup/binlog_series" "$database/binlog/series" ||
    fail 'The binary log there is is not the one that this backup was made beside.' 'Add --without-log to restore the copy alone.'
  read -r first position _ <"$backup/xtrabackup_binlog_info"
  [[ -f $database/binlog/$first ]] || fail "The binary log lacks $first." 'Add --without-log to restore the copy alone.'
  for file in "$database"/binlog/changes.[0-9]*; do
    [[ ${file##*/} < $first ]] || files+=("${file##*/}")
  done
fi

"$ROOT/tools/stack" stop --run-dir "$run_dir"
# Nobody starts anything meanwhile: commands that change the stack respect it.
(set -C; echo $$ >"$run_dir/lock") 2>/dev/null || fail 'Another command is changing the stack.' 'Wait until it is done.'
trap 'rm -f "$run_dir/lock"' EXIT
before=before-$(date -u +%Y%m%dT%H%M%SZ)
cp -a "$backup" "$database/data.new"
rm -f "$database"/data.new/{xtrabackup_*,backup_time,binlog_series,backup-my.cnf}
mv "$database/data" "$database/data.$before"
[[ ! -d $database/binlog ]] || mv "$database/binlog" "$database/binlog.$before"
mv "$database/data.new" "$database/data"
socket=$("$ROOT/tools/mariadb.sh" start "$database" --binary-log)

if [[ $log ]]; then
  options=(--start-position="$position")
  [[ -z $until ]] || options+=(--stop-datetime="$(date -u -d "@$stop" '+%F %T')")
  (cd "$database/binlog.$before" && TZ=UTC mariadb-binlog --no-defaults "${options[@]}" "${files[@]}") |
    mariadb --no-defaults --socket="$socket" --user=root --binary-mode ||
    fail 'The binary log could not be applied whole.' "The data as they were are in $database/data.$before."
fi
good "restored${until:+ as of $(date -u -d "@$stop" +%FT%TZ)}; what was there is in $database/data.$before"
