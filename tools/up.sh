#!/usr/bin/env bash
# usage: ./wenming up [--no-demo] [option…]
#
# Brings up wenming on this machine: installs what is missing, builds, starts a private MariaDB and the four processes,
# migrates, loads the Hongtong demo, and says where everything is. What is there already is left alone.
#
#   --no-demo    start empty
#   --no-build   take the binaries as they are
#   --run-dir, --build-dir, --http, --grpc, --no-dev and the other options of `tools/stack start` (its --help lists them)
#
# The demo is loaded by tools/load_demo.mjs, which leaves the accounts in RUN_DIR/demo.json.
set -euo pipefail
source "$(dirname "$0")/lib.sh"
if help_asked "$@"; then help_of "$0"; exit; fi

demo=yes
build=yes
stack=()
run_dir=${WENMING_RUN_DIR:-$ROOT/.run}
build_dir=${WENMING_BUILD_DIR:-$ROOT/build/release}
while [[ $# -gt 0 ]]; do
  case $1 in
    --no-demo) demo= ;;
    --no-build) build= ;;
    --run-dir=* | --build-dir=*) set -- "${1%%=*}" "${1#*=}" "${@:2}"; continue ;;
    --run-dir) run_dir=${2:?'--run-dir needs a directory'}; shift ;;
    --build-dir) build_dir=${2:?'--build-dir needs a directory'}; shift ;;
    *) stack+=("$1") ;;
  esac
  shift
done
began=$SECONDS

"$ROOT/tools/install.sh"
stack=(--run-dir "$run_dir" --build-dir "$build_dir" "${stack[@]}")
"$ROOT/tools/stack" check "${stack[@]}"
if [[ $build ]]; then
  "$ROOT/tools/build.sh" release --build-dir "$build_dir" org_svc volunteer_svc activity_svc gateway descriptors
fi
"$ROOT/tools/stack" start "${stack[@]}"

if [[ $demo ]] && grep -q '"dev": true' "$run_dir/stack.json"; then
  [[ -f $run_dir/demo.json ]] || step 'Loading the Hongtong demo'
  node "$ROOT/tools/load_demo.mjs" --run-dir "$run_dir" ||
    fail 'The demo was not loaded whole.' 'The services run; `./wenming up` again continues where it ended.'
elif [[ $demo ]]; then
  warn 'the demo is not loaded: it needs the development log-in, which --no-dev leaves out'
fi

echo
"$ROOT/tools/stack" status --run-dir "$run_dir"
echo
good "wenming is up after $((SECONDS - began)) s; ./wenming demo tells its story, ./wenming down stops it"
