#!/usr/bin/env bash
# usage: tools/tidy.sh [all | FILE…]
#
# Runs clang-tidy 14 with .clang-tidy over the .cc files that differ from the last commit, the given ones, or all of ours.
# It reads how they are compiled from build/dev, so build that first.
set -euo pipefail
source "$(dirname "$0")/lib.sh"
if help_asked "$@"; then help_of "$0"; exit; fi

"$ROOT/tools/install.sh" tidy
cd "$ROOT"
[[ -f build/dev/compile_commands.json ]] || fail 'build/dev is not configured.' 'Run tools/build.sh dev first.'
case ${1-} in
  '') mapfile -t files < <({ git diff --name-only HEAD; git ls-files --others --exclude-standard; } | grep '\.cc$' || true) ;;
  all) mapfile -t files < <(our_files cc) ;;
  *) files=("$@") ;;
esac
[[ ${#files[@]} -gt 0 ]] || { good 'no C++ file differs from the last commit'; exit; }

# clang knows neither GCC's precompiled headers nor the flag that makes ccache see through them.
commands=$(mktemp -d)
trap 'rm -rf "$commands"' EXIT
sed -E 's/ -fpch-preprocess//g; s/ -Winvalid-pch//g; s/ -include [^ ]*cmake_pch\.hxx//g' \
  build/dev/compile_commands.json >"$commands/compile_commands.json"
printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "$JOBS" clang-tidy-14 -p "$commands" --quiet ||
  fail 'clang-tidy objects.' 'Each finding above names its check.'
good "${#files[@]} files are tidy"
