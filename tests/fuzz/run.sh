#!/usr/bin/env bash
# usage: tests/fuzz/run.sh NAME
#
# Fuzzes NAME for FUZZ_SECONDS (15), starting from its committed corpus; new inputs go to a folder that is thrown away. The
# targets stand in $WENMING_FUZZ_DIR (build/fuzz/fuzz): `./wenming test` has built them. A find is printed in base64: add
# the file to tests/fuzz/corpus/NAME, mend the parser, and every test run replays it.
set -euo pipefail
name=$1
cd "$(dirname "$0")/../.."
target=${WENMING_FUZZ_DIR:-build/fuzz/fuzz}/${name}_fuzzer
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/new"
dictionary=()
[[ ! -e tests/fuzz/corpus/$name.dict ]] || dictionary=(-dict="tests/fuzz/corpus/$name.dict")
ASAN_OPTIONS=detect_leaks=1 "$target" -max_total_time="${FUZZ_SECONDS:-15}" -max_len=4096 -timeout=10 -rss_limit_mb=2048 \
  -print_final_stats=1 -artifact_prefix="$scratch/" "${dictionary[@]}" "$scratch/new" "tests/fuzz/corpus/$name" \
  >"$scratch/log" 2>&1 || {
  tail -n 60 "$scratch/log"
  for find in "$scratch"/{crash,leak,timeout,oom,slow-unit}-*; do
    [[ ! -e $find ]] || { echo "$(basename "$find"):"; base64 "$find"; }
  done
  exit 1
}
sed -n '/^stat::\|^INFO: Seed\|^Done/p' "$scratch/log"
