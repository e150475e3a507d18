# shellcheck shell=bash
# What the scripts behind ./wenming share: where the tree is, and how they speak. Sourced, never run.

shopt -s inherit_errexit  # a failure inside $(…) ends the script too
PATH=$PATH:/usr/sbin  # where mariadbd is, also for an ordinary user

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# A compiler takes up to 1 GB: as many at once as there are cores, and as fit into memory.
jobs_that_fit() {
  local gigabytes
  gigabytes=$(awk '/^MemAvailable:/ { print int($2 / 1048576) }' /proc/meminfo)
  echo $((gigabytes < 1 ? 1 : gigabytes < $(nproc) ? gigabytes : $(nproc)))
}
# shellcheck disable=SC2034  # for those who source this
JOBS=$(jobs_that_fit)

if [[ -t 1 ]]; then
  BOLD=$'\e[1m' GREEN=$'\e[32m' YELLOW=$'\e[33m' RED=$'\e[31m' PLAIN=$'\e[0m'
else
  BOLD='' GREEN='' YELLOW='' RED='' PLAIN=''
fi

step() { printf '%s==>%s %s\n' "$BOLD" "$PLAIN" "$*"; }
good() { printf '%s ok%s %s\n' "$GREEN" "$PLAIN" "$*"; }
warn() { printf '%swarning:%s %s\n' "$YELLOW" "$PLAIN" "$*" >&2; }

# fail WHAT [REMEDY]: says what is wrong and what to do, and ends the script.
fail() {
  printf '%serror:%s %s\n' "$RED" "$PLAIN" "$1" >&2
  [[ -z ${2-} ]] || printf '       %s\n' "$2" >&2
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# help_of SCRIPT: its usage, which is the comment at its top.
help_of() { sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$1"; }

# help_asked "$@": true when --help or -h is among the arguments.
help_asked() {
  local argument
  for argument in "$@"; do [[ $argument != --help && $argument != -h ]] || return 0; done
  return 1
}

# Our own sources with the given endings, one a line, relative to the tree.
our_files() {
  local names=() ending
  for ending in "$@"; do names+=(-o -name "*.$ending"); done
  (cd "$ROOT" && find . \( -name .git -o -name build -o -name node_modules -o -name '.run*' \) -prune \
    -o -type f \( "${names[@]:1}" \) -print) | sed 's|^\./||' | sort
}

# own_database durable|fast: starts a private database (tools/mariadb.sh) for the calling script in a folder `scratch` that
# goes when the script ends. Exports WENMING_TEST_MARIADB, its socket.
own_database() {
  local options=()
  [[ $1 != fast ]] || options=(--fast)
  scratch=$(mktemp -d)
  trap end_own_database EXIT
  WENMING_TEST_MARIADB=$("$ROOT/tools/mariadb.sh" start "$scratch/db" "${options[@]}")
  export WENMING_TEST_MARIADB
}

# shellcheck disable=SC2317  # called by the trap
end_own_database() {
  "$ROOT/tools/mariadb.sh" stop "$scratch/db" >/dev/null 2>&1 || true
  rm -rf "$scratch"
}

# own_large_database ROOM_KB WHAT: the same for millions of rows. As on a machine of the database's own, it takes two
# fifths of the memory, but no more than there is use for. Fails where there is not so much room for WHAT.
own_large_database() {
  local share
  share=$(awk '/^MemTotal:/ { print int($2 / 2560) }' /proc/meminfo)
  (($(df --output=avail -k "${TMPDIR:-/tmp}" | tail -1) > $1)) ||
    fail "There is not enough room in ${TMPDIR:-/tmp} for $2." 'TMPDIR names another place.'
  export WENMING_DB_BUFFER_POOL=$((share < 10240 ? share : 10240))M WENMING_DB_LOG=2G
  own_database durable
}
