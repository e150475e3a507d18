#!/usr/bin/env bash
# usage: tools/build.sh PRESET [--build-dir DIR] [TARGET…]
#
# Configures and builds (everything, or the targets) with a preset of CMakePresets.json, showing progress. Without
# --build-dir it builds in build/PRESET.
set -euo pipefail
source "$(dirname "$0")/lib.sh"
if help_asked "$@"; then help_of "$0"; exit; fi

preset=${1:?'which preset? see --help'}
shift
build_dir=$ROOT/build/$preset
if [[ ${1-} == --build-dir ]]; then
  build_dir=$(realpath -m "${2:?'--build-dir needs a directory'}")
  shift 2
fi

cd "$ROOT"
mkdir -p "$build_dir" || fail "cannot write $build_dir" 'Choose another with --build-dir.'
if ! cmake --preset "$preset" -B "$build_dir" >"$build_dir/configure.log" 2>&1; then
  tail -n 30 "$build_dir/configure.log" >&2
  fail 'CMake could not configure.' "The whole log is in $build_dir/configure.log; ./wenming doctor names missing packages."
fi

if [[ $(ninja -C "$build_dir" -n "$@") == *'no work to do'* ]]; then
  good "built already (${preset}, ${build_dir#"$ROOT"/})"
  exit
fi
step "Building $preset in ${build_dir#"$ROOT"/} (from nothing this takes many minutes)"
ninja -C "$build_dir" -j "$JOBS" "$@" || fail 'The build failed; the first error stands above.'
good "built ($preset)"
