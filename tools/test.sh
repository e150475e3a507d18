#!/usr/bin/env bash
# usage: ./wenming test [--asan] [--build-dir DIR] [--seed N] [FILTER]
#
# Installs what is missing, builds everything and runs the tests with a MariaDB of their own, which is gone afterwards. The
# last line counts them. FILTER is a regular expression over test names: "common_db", "org_tests.Units". Slow tests run
# only where it names them: `./wenming test chaos`; `images`, which builds those of the Dockerfile (as root); `fresh`, which
# runs the two commands of README.md on a bare Debian 12 that it makes (as root; hours).
#
#   --asan           under AddressSanitizer and UndefinedBehaviorSanitizer: the tests of our own code, without those that
#                    start a whole stack (e2e, chaos, monitoring), test scripts (tools, k8s) or measure
#   --build-dir DIR  build there instead of in build/dev or build/asan
#   --seed N         repeats the choices of the chaos run that printed it
#
# The fuzz targets run FUZZ_SECONDS each (15); they are built by clang in build/fuzz, or in DIR/fuzz-build.
set -euo pipefail
source "$(dirname "$0")/lib.sh"
if help_asked "$@"; then help_of "$0"; exit; fi

preset=dev
build_dir=
filter=
while [[ $# -gt 0 ]]; do
  case $1 in
    --asan) preset=asan ;;
    --build-dir) build_dir=${2:?'--build-dir needs a directory'}; shift ;;
    --seed) export WENMING_SEED=${2:?'--seed needs a number'}; shift ;;
    -*) fail "unknown option $1" 'see ./wenming test --help' ;;
    *) [[ -z $filter ]] || fail 'there is one FILTER; join several with |'; filter=$1 ;;
  esac
  shift
done
build_dir=$(realpath -m "${build_dir:-$ROOT/build/$preset}")

# Fuzzing needs a build of its own, so a filter that does not name it goes without.
fuzz_dir=
if [[ $preset == dev && ( -z $filter || $filter == *fuzz* ) ]]; then
  fuzz_dir=$ROOT/build/fuzz
  [[ $build_dir == "$ROOT/build/dev" ]] || fuzz_dir=$build_dir/fuzz-build
fi

# The slow ones that the filter names, each also a topic of what is to be installed.
slow=()
for name in chaos images fresh; do [[ $filter != *$name* ]] || slow+=("$name"); done

"$ROOT/tools/install.sh" browser monitor backup ${fuzz_dir:+fuzz} "${slow[@]}"
"$ROOT/tools/build.sh" "$preset" --build-dir "$build_dir"
[[ -z $fuzz_dir ]] || "$ROOT/tools/build.sh" fuzz --build-dir "$fuzz_dir" fuzzers

scratch=$(mktemp -d)
# shellcheck disable=SC2317  # called by the trap
end() {
  "$ROOT/tools/mariadb.sh" stop "$scratch/db" >/dev/null 2>&1 || true
  rm -rf "$scratch"
}
trap end EXIT
trap 'exit 130' INT TERM

step 'Starting a database for the tests'
"$ROOT/tools/mariadb.sh" start "$scratch/db" --fast
WENMING_TEST_MARIADB=$("$ROOT/tools/mariadb.sh" socket "$scratch/db")
export WENMING_TEST_MARIADB WENMING_BUILD_DIR=$build_dir WENMING_FUZZ_DIR=$fuzz_dir/fuzz
unset WENMING_RUN_DIR

selection=()
[[ -z $filter ]] || selection+=(--tests-regex "$filter")
[[ ${#slow[@]} -gt 0 ]] || selection+=(--label-exclude slow)
[[ $fuzz_dir ]] || selection+=(--exclude-regex '^fuzz\.')
if [[ $preset == asan ]]; then
  export ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
  export LSAN_OPTIONS=suppressions=$ROOT/tools/leaks.supp:print_suppressions=0
  selection+=(--exclude-regex '^(bench[.]|chaos|e2e|k8s|monitoring|tools)')
fi

step "Running the tests in ${build_dir#"$ROOT"/}"
status=0
ctest --test-dir "$build_dir" -j "$JOBS" --output-on-failure --no-tests=error "${selection[@]}" 2>&1 |
  tee "$scratch/ctest.log" || status=$?

# ctest's own closing line: "100% tests passed, 0 tests failed out of 123".
read -r failed total < <(sed -n 's/.*tests passed, \([0-9]*\) tests failed out of \([0-9]*\)$/\1 \2/p' "$scratch/ctest.log") || true
[[ ${total-} ]] || echo "No test was run${filter:+: none matches \"$filter\"}."
echo "$((${total:-0} - ${failed:-0})) passed, ${failed:-0} failed"
exit "$status"
