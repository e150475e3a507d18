#!/usr/bin/env bash
# usage: ./wenming restore BACKUP [--until TIME | --without-log] [--log DIR] [--run-dir DIR]
#
# Stops the stack and sets its database back to a copy of ./wenming backup, then applies the binary log: all of it, or until
# TIME. The database runs afterwards; ./wenming up starts the services. All this happens beside the data that are there, which
# are left alone until it has succeeded and then kept, as db/data.before-<time> and db/binlog.before-<time>: remove them once
# all is well.
#
# On another machine, give a new RUN_DIR and carry there first, besides the copy, of the one that was backed up: db/binlog
# (unless --without-log), keys and audit.
#
#   --until TIME    what `date` reads, in whole seconds and with its zone: "2026-11-26 20:50:00 +08:00". All that was
#                   acknowledged before it is there, nothing that began at it or later. Heads of the audit log that were
#                   exported since and that it does not reach go to audit/before-<time>
#   --without-log   the copy alone
#   --log DIR       take the log from there. A restore begins a new log; to try another time after it, name the one that it
#                   put aside: RUN_DIR/db/binlog.before-<time>
set -euo pipefail
source "$(dirname "$0")/lib.sh"
if help_asked "$@"; then help_of "$0"; exit; fi

run_dir=${WENMING_RUN_DIR:-$ROOT/.run}
backup='' until='' log=yes log_dir=''
while [[ $# -gt 0 ]]; do
  case $1 in
    --run-dir) run_dir=${2:?'--run-dir needs a directory'}; shift ;;
    --until) until=${2:?'--until needs a time'}; shift ;;
    --without-log) log= ;;
    --log) log_dir=$(realpath -m "${2:?'--log needs a directory'}"); shift ;;
    -*) fail "unknown option $1" 'see ./wenming restore --help' ;;
    *) [[ -z $backup ]] || fail 'there is one BACKUP'; backup=$(realpath -m "$1") ;;
  esac
  shift
done
[[ $backup ]] || fail 'Which backup?' 'see ./wenming restore --help'
[[ -f $backup/backup_time ]] || fail "$backup is no backup of ./wenming backup."
[[ -z $until || $log ]] || fail '--until needs the log that --without-log leaves out.'
"$ROOT/tools/install.sh" backup

run_dir=$(realpath -m "$run_dir")
database=$run_dir/db
time_of() { date -u -d "$(cat "$backup/$1")" +%s; }
if [[ $until ]]; then
  stop=$(date -u -d "$until" +%s) || fail "\"$until\" is no time." 'Write it as "2026-11-26 20:50:00 +08:00".'
  [[ $until =~ (Z|UTC|[+-][0-9]{2}:?[0-9]{2})$ ]] ||
    fail "\"$until\" does not say in which zone." 'Write it as "2026-11-26 20:50:00 +08:00".'
  ((stop >= $(time_of backup_time))) || fail "The backup was made after $until." 'Take an older one.'
  ((stop <= $(date +%s))) || fail "$until is still to come."
fi

log_dir=${log_dir:-$database/binlog}
# The logs that restores have put aside, and that this backup was made beside.
fitting_logs() {
  local folder
  for folder in "$database"/binlog.before-*; do
    if cmp -s "$backup/binlog_series" "$folder/series"; then printf '%s\n' "$folder"; fi
  done
}
# When the last record of a file of the log was written.
end_of() {
  local time
  time=$(TZ=UTC mariadb-binlog --no-defaults --base64-output=decode-rows "$1" | grep -aoP '^#\K\d{6} +\d+:\d\d:\d\d(?= server id)' | tail -n 1)
  date -u -d "20$time" +%s
}

# The files of the log from the one in which the backup ended; POSITION is where in the first.
files=()
position=
if [[ $log ]]; then
  [[ -f $log_dir/series ]] ||
    fail "There is no binary log in $log_dir." 'Carry the one there that this backup was made beside, or add --without-log to restore the copy alone.'
  if ! cmp -s "$backup/binlog_series" "$log_dir/series"; then
    fitting=$(fitting_logs | head -n 1)
    fail "The binary log in $log_dir is not the one that this backup was made beside." \
      "${fitting:+That one is $fitting: name it with --log. Otherwise: }Name it with --log DIR, or add --without-log to restore the copy alone."
  fi
  read -r first position _ <"$backup/xtrabackup_binlog_info"
  [[ -f $log_dir/$first ]] || fail "The binary log lacks $first." 'Add --without-log to restore the copy alone.'
  number=$((10#${first##*.}))
  for file in "$log_dir"/changes.[0-9]*; do
    if [[ ${file##*/} < $first ]]; then continue; fi
    ((10#${file##*.} == number++)) || fail "The binary log lacks what is between ${files[-1]} and ${file##*/}." 'Carry it there.'
    files+=("${file##*/}")
  done
  # The log that its server wrote to until it ended is whole; one that was carried here may lack the end.
  if [[ $until && ! -d $database/data ]] && (($(end_of "$log_dir/${files[-1]}") < stop)); then
    fail "The binary log ends at $(date -u -d "@$(end_of "$log_dir/${files[-1]}")" +%FT%TZ), before $until." 'Carry the rest of it there, or take that time.'
  fi
fi

[[ -z $until ]] || step "Restoring as of $(date -d "@$stop" '+%F %T %z'), $(date -u -d "@$stop" +%FT%TZ)"
(umask 077; mkdir -p "$database")
"$ROOT/tools/stack" stop --run-dir "$run_dir"
# Nobody starts anything meanwhile: commands that change the stack respect it.
(set -C; echo $$ >"$run_dir/lock") 2>/dev/null || fail 'Another command is changing the stack.' 'Wait until it is done.'

# A database of its own, so that whatever ends this half-way leaves the old one as it is.
restoring=$database/restoring
clear_restoring() {
  "$ROOT/tools/mariadb.sh" stop "$restoring"
  rm -rf "$restoring"
}
trap 'clear_restoring || true; rm -f "$run_dir/lock"' EXIT
clear_restoring
mkdir "$restoring"
untouched='The data are as they were; ./wenming up serves them.'
cp -a "$backup" "$restoring/data" || fail 'The copy could not be copied.' "$untouched"
rm -f "$restoring"/data/{xtrabackup_*,backup_*time,binlog_series,backup-my.cnf}
if [[ $log ]]; then
  options=(--verify-binlog-checksum --start-position="$position")
  [[ -z $until ]] || options+=(--stop-datetime="$(date -u -d "@$stop" '+%F %T')")
  socket=$("$ROOT/tools/mariadb.sh" start "$restoring") || fail 'The copy does not start.' "$untouched"
  (cd "$log_dir" && TZ=UTC mariadb-binlog --no-defaults "${options[@]}" "${files[@]}") |
    mariadb --no-defaults --socket="$socket" --user=root --binary-mode ||
    fail 'The binary log could not be applied whole.' "$untouched With --until a time before the fault it can be."
  "$ROOT/tools/mariadb.sh" stop "$restoring"
fi

before=before-$(date -u +%Y%m%dT%H%M%SZ)
for part in data binlog; do
  [[ ! -e $database/$part ]] || mv "$database/$part" "$database/$part.$before"
done
mv "$restoring/data" "$database/data"
rm -f "$database/last_backup"
socket=$("$ROOT/tools/mariadb.sh" start "$database" --binary-log) ||
  fail 'The restored database does not start.' "What was there before is in $database/data.$before and $database/binlog.$before."

# The time from which on nothing is there; with the whole log all is.
if [[ $until ]]; then since=$stop; elif [[ -z $log ]]; then since=$(time_of backup_start_time); else since=; fi
[[ -z $since ]] || node "$ROOT/tools/local/set_heads_aside.mjs" "$run_dir" "$since" "$before"
[[ -f $run_dir/keys/index.key ]] ||
  warn "there are no keys in $run_dir/keys: carry those of the backed-up machine there before ./wenming up makes new ones"
kept=
[[ ! -d $database/data.$before ]] || kept="; what was there is in $database/data.$before"
good "restored${until:+ as of $(date -u -d "@$stop" +%FT%TZ)}$kept"
