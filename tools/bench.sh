#!/usr/bin/env bash
# usage: ./wenming bench [NAME] [--json] [option…]
#
# Builds the release and runs the benchmark NAME; without NAME it lists what there is. The last line of a benchmark is one
# JSON object; with --json it is the only line on standard output. Other options go to the benchmark.
set -euo pipefail
source "$(dirname "$0")/lib.sh"

# A benchmark is a binary target bench_NAME or a script tools/bench_NAME.{sh,mjs}.
benchmarks() {
  {
    (cd "$ROOT" && find . \( -name build -o -name node_modules \) -prune -o -name CMakeLists.txt -print0 |
      xargs -0 sed -n 's/.*wenming_binary(NAME bench_\([a-z0-9_]*\).*/\1/p')
    find "$ROOT/tools" -maxdepth 1 -name 'bench_*' | sed 's|.*/bench_||; s|\..*||'
  } | sort -u
}

if help_asked "$@" || [[ $# -eq 0 ]]; then
  help_of "$0"
  printf '\nbenchmarks:\n'
  benchmarks | sed 's/^/  /'
  exit
fi

name=$1
shift
grep -qx -- "$name" <(benchmarks) || fail "There is no benchmark \"$name\"." "There are: $(benchmarks | xargs)"
json=
arguments=()
for argument in "$@"; do
  if [[ $argument == --json ]]; then json=yes; else arguments+=("$argument"); fi
done

build_dir=${WENMING_BUILD_DIR:-$ROOT/build/release}
script=$(find "$ROOT/tools" -maxdepth 1 -name "bench_$name.*" -print -quit)
targets=("bench_$name")
[[ -z $script ]] || targets=(org_svc volunteer_svc activity_svc gateway descriptors bench_clients)
{
  "$ROOT/tools/install.sh"
  "$ROOT/tools/build.sh" release --build-dir "$build_dir" "${targets[@]}"
} >&2

export WENMING_BUILD_DIR=$build_dir
command=("${script:-$build_dir/bin/bench_$name}" "${arguments[@]}")
[[ $json ]] || exec "${command[@]}"
"${command[@]}" | tail -n 1
