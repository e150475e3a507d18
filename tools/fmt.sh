#!/usr/bin/env bash
# usage: ./wenming fmt [--check] [FILE…]
#
# Formats our C++ (or the given files) with clang-format 14. --check changes nothing; it names what is not formatted and
# exits with 1.
set -euo pipefail
source "$(dirname "$0")/lib.sh"
if help_asked "$@"; then help_of "$0"; exit; fi

options=(-i)
if [[ ${1-} == --check ]]; then
  options=(--dry-run -Werror --ferror-limit=1)
  shift
fi
have clang-format-14 || fail 'clang-format-14 is not installed.' 'tools/install.sh installs it.'

cd "$ROOT"
files=("$@")
[[ $# -gt 0 ]] || mapfile -t files < <(our_files cc h)
[[ ${#files[@]} -gt 0 ]] || fail 'There is no C++ file.'
printf '%s\0' "${files[@]}" | xargs -0 clang-format-14 --style=file "${options[@]}" ||
  fail 'Some files are not formatted.' './wenming fmt formats them.'
good "${#files[@]} files are formatted"
