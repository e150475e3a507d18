#!/usr/bin/env bash
# A private MariaDB: its own data directory, its own unix socket, no TCP port, no system service touched.
#
#   tools/mariadb.sh start DIR [--fast] [--binary-log]
#                                         creates the database in DIR where there is none, starts it, waits until it
#                                         answers; prints the socket. Running already: changes nothing.
#   tools/mariadb.sh stop DIR             ends it, cleanly, and only it
#   tools/mariadb.sh socket DIR           prints the socket's path
#
# The user root logs in on the socket without a password; the socket is readable by the calling user alone.
# WENMING_DB_BUFFER_POOL sets the memory for pages, 256M where it is not set; WENMING_DB_LOG the size of the log, 128M.
# --fast trades durability for speed, for tests: the data are kept in memory where the machine has room, and stop deletes
# them. Without it a commit is on the disk.
# --binary-log keeps every change for 14 days in DIR/binlog, so that a restore can go to a point in time.
# What stands in DIR/local.cnf, where there is one, goes before all of it at every start: [mariadbd] and its settings.
set -euo pipefail
# shellcheck source=tools/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

START_SECONDS=60
FAST_ROOM_KB=1500000  # free memory file system that --fast asks for
STOP_SECONDS=60

# A socket's path has 107 characters at most; where DIR is too long it goes to a short place that DIR names.
socket_path() {
  local path=$DIR/mariadb.sock
  if ((${#path} > 100)); then path=${XDG_RUNTIME_DIR:-/tmp}/$(short_name)/mariadb.sock; fi
  printf '%s\n' "$path"
}

short_name() { printf 'wenming-%s-%s\n' "$(id -u)" "$(printf '%s' "$DIR" | sha256sum | cut -c1-12)"; }

# The pid of the server of DIR, when it runs. The number alone proves nothing: after a reboot it may be anybody's.
running_pid() {
  local pid
  pid=$(cat "$PID_FILE" 2>/dev/null) || return 1
  [[ $pid =~ ^[0-9]+$ && -r /proc/$pid/cmdline ]] || return 1
  tr '\0' '\n' <"/proc/$pid/cmdline" 2>/dev/null | grep -qxF -- "--defaults-file=$DIR/mariadb.cnf" || return 1
  printf '%s\n' "$pid"
}

# The client, not mariadb-admin: that one is in another package, which nothing else needs.
answers() { mariadb --no-defaults --socket="$SOCKET" --user=root -e 'DO 0' >/dev/null 2>&1; }

# What the server wrote last, for an error message.
complain() {
  if [[ -s $LOG ]]; then grep -E '\[(ERROR|Warning)\]' "$LOG" | tail -5 >&2 || tail -5 "$LOG" >&2; fi
  fail "$1" "The server's log is $LOG"
}

write_settings() {
  local flush=1 extra=''
  if [[ $FAST == yes ]]; then
    flush=0
    extra=$'innodb_doublewrite=0\ninnodb_flush_method=nosync\nsync_frm=0\ninnodb_log_file_size=48M'
  fi
  if [[ $BINARY_LOG == yes ]]; then
    mkdir -p "$DIR/binlog"
    # Which log it is: a backup can only be continued by the one that it was taken beside.
    [[ -f $DIR/binlog/series ]] || cat /proc/sys/kernel/random/uuid >"$DIR/binlog/series"
    extra+=$'\n'"log_bin=$DIR/binlog/changes"$'\nserver_id=1\nbinlog_format=ROW\nsync_binlog=1\nexpire_logs_days=14'
  fi
  [[ ! -f $DIR/local.cnf ]] || extra+=$'\n'"!include $DIR/local.cnf"
  cat >"$DIR/mariadb.cnf" <<CNF
[mariadbd]
datadir=$DIR/data
tmpdir=$TEMPORARY
socket=$SOCKET
pid-file=$PID_FILE
log-error=$LOG
skip-networking
skip-name-resolve
character-set-server=utf8mb4
collation-server=utf8mb4_bin
max_connections=500
max_prepared_stmt_count=100000
max_allowed_packet=64M
innodb_buffer_pool_size=${WENMING_DB_BUFFER_POOL:-256M}
innodb_log_file_size=${WENMING_DB_LOG:-128M}
innodb_flush_log_at_trx_commit=$flush
innodb_print_all_deadlocks=0
performance_schema=off
$extra
CNF
}

# --force: a machine that cannot look up its own name gets a database too.
install_database() {
  mariadb-install-db --no-defaults --datadir="$DIR/data.new" --tmpdir="$TEMPORARY" --auth-root-authentication-method=normal \
    --skip-test-db --force "$@" >"$DIR/install.log" 2>&1
}

# Between two moves of ./wenming restore there are no data; who starts then must not serve an empty database.
check_nothing_was_there() {
  local before log again='Restore again' back
  before=$(compgen -G "$DIR/data.before-*" | sort | tail -n 1) || return 0
  back="mv $before $DIR/data"
  log=$DIR/binlog.${before##*/data.}
  if [[ -d $log ]]; then
    again+=" with --log $log"
    back+=" and $log to $DIR/binlog"
  fi
  fail "$DIR/data is gone, but $before is there: a restore was interrupted" "$again, or $back"
}

create() {
  local as_user=()
  ((EUID != 0)) || as_user=(--user=root)
  # Where many are made at once, the machine may lack what one needs for a moment.
  local try
  for try in 1 2 3; do
    rm -rf "$DIR/data.new"
    if install_database "${as_user[@]}"; then break; fi
    [[ $try -lt 3 ]] || { tail -5 "$DIR/install.log" >&2; fail "the database could not be created in $DIR" "See $DIR/install.log"; }
  done
  local memory
  memory=/dev/shm/$(short_name)
  if [[ $FAST == yes && -w /dev/shm ]] && (($(df --output=avail /dev/shm | tail -1) > FAST_ROOM_KB)); then
    rm -rf "$memory"
    mv "$DIR/data.new" "$memory"
    ln -sfn "$memory" "$DIR/data"
  else
    mv "$DIR/data.new" "$DIR/data"
  fi
}

start() {
  have mariadbd || fail "mariadbd is not installed" 'tools/install.sh installs it.'
  local folder
  for folder in "$DIR" "$TEMPORARY" "$(dirname "$SOCKET")"; do
    { mkdir -p "$folder" && chmod 700 "$folder"; } || fail "cannot make the folder $folder"
  done
  exec 9>"$DIR/lock"
  flock 9
  local pid
  if ! pid=$(running_pid); then
    [[ -d $DIR/data/mysql ]] || { check_nothing_was_there; create; }
    write_settings
    local as_user=()
    ((EUID != 0)) || as_user=(--user=root)
    rm -f "$SOCKET" "$PID_FILE"
    setsid mariadbd --defaults-file="$DIR/mariadb.cnf" "${as_user[@]}" </dev/null >>"$LOG" 2>&1 9>&- &
    pid=$!
    printf '%s\n' "$pid" >"$PID_FILE"
  fi
  local end=$((SECONDS + START_SECONDS))
  until answers; do
    running_pid >/dev/null || complain "MariaDB ended while it was starting"
    if ((SECONDS >= end)); then
      # It may be at the end of a crash: whoever ended it would have it begin again.
      complain "MariaDB runs, but has not answered within $START_SECONDS s: try again"
    fi
    sleep 0.02
  done
  printf '%s\n' "$SOCKET"
}

stop() {
  local pid
  if ! pid=$(running_pid); then
    drop_fast_data
    return
  fi
  kill -TERM "$pid"
  local end=$((SECONDS + STOP_SECONDS))
  while running_pid >/dev/null; do
    ((SECONDS < end)) || fail "MariaDB (process $pid) has not ended after $STOP_SECONDS s" "The server's log is $LOG"
    sleep 0.02
  done
  rm -f "$PID_FILE" "$SOCKET"
  drop_fast_data
}

# Data in memory would be in the way of everything else.
drop_fast_data() {
  [[ -L $DIR/data ]] || return 0
  rm -rf "$(readlink "$DIR/data")" "$DIR/data"
}

if help_asked "$@"; then
  help_of "${BASH_SOURCE[0]}"
  exit
fi
[[ $# -ge 2 ]] || fail "usage: tools/mariadb.sh start|stop|socket DIR [--fast] [--binary-log]"
ACTION=$1
DIR=$(realpath -m -- "$2")
FAST=no
BINARY_LOG=no
for option in "${@:3}"; do
  case $option in
    --fast) FAST=yes ;;
    --binary-log) BINARY_LOG=yes ;;
    *) fail "unknown option $option" ;;
  esac
done
SOCKET=$(socket_path)
PID_FILE=$DIR/mariadbd.pid
LOG=$DIR/mariadbd.log
# Its own, for a server that starts removes what it takes for the leavings of another one there.
TEMPORARY=$DIR/tmp
case $ACTION in
  start) start ;;
  stop) stop ;;
  socket) printf '%s\n' "$SOCKET" ;;
  *) fail "unknown action: $ACTION" "It is start, stop or socket" ;;
esac
