#!/usr/bin/env bash
# usage: ./wenming doctor [--run-dir DIR]
#
# Says what is missing or unhealthy on this machine and in the local stack, each with its remedy, and changes nothing. Exit
# status 0 only if all is well.
set -euo pipefail
source "$(dirname "$0")/lib.sh"
if help_asked "$@"; then help_of "$0"; exit; fi

unwell=0
# bad WHAT REMEDY
bad() {
  unwell=1
  printf '%sbad%s %s\n    %s\n' "$RED" "$PLAIN" "$1" "$2"
}

missing=$("$ROOT/tools/install.sh" --check) || true
if [[ -z $missing ]]; then good 'all packages are installed'; else bad "missing $missing" 'tools/install.sh'; fi

gigabytes=$(($(df --output=avail -k "$ROOT" | tail -n 1) / 1024 / 1024))
if [[ $gigabytes -ge 8 ]]; then
  good "$gigabytes GB free on the disk"
else
  bad "only $gigabytes GB free on the disk; builds and the database want 8" 'Free some, or rm -r build/asan build/tsan.'
fi

megabytes=$(($(sed -n 's/^MemAvailable: *\([0-9]*\) kB/\1/p' /proc/meminfo) / 1024))
if [[ $megabytes -ge 2048 ]]; then
  good "$megabytes MB of memory available"
else
  bad "only $megabytes MB of memory available; compiling gRPC takes 1 GB a job" 'Close something, or add swap.'
fi

if have node; then
  node "$ROOT/tools/local/doctor.mjs" "$@" || unwell=1
else
  bad 'node is not installed' 'tools/install.sh'
fi
exit "$unwell"
