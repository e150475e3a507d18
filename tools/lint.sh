#!/usr/bin/env bash
# usage: ./wenming lint [--tidy [FILE…]]
#
# Lints the protos with buf. --tidy also runs clang-tidy over the C++ files that differ from the last commit, or over the
# given ones ("--tidy all": every one); it needs a build in build/dev.
set -euo pipefail
source "$(dirname "$0")/lib.sh"
if help_asked "$@"; then help_of "$0"; exit; fi

"$ROOT/tools/install.sh"
"$ROOT/tools/lint_protos.sh"
case ${1-} in
  '') ;;
  --tidy) shift; "$ROOT/tools/tidy.sh" "$@" ;;
  *) fail "unknown option $1" 'see ./wenming lint --help' ;;
esac
