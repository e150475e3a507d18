#!/usr/bin/env bash
# usage: tools/lint_protos.sh
#
# Runs `buf lint` (the version that package-lock.json pins, no network) over protos/ with the rules of buf.yaml.
set -euo pipefail
source "$(dirname "$0")/lib.sh"
if help_asked "$@"; then help_of "$0"; exit; fi

cd "$ROOT"
[[ -x node_modules/.bin/buf ]] || fail 'buf is not installed.' 'tools/install.sh installs it.'
node_modules/.bin/buf lint protos || fail 'The protos break a rule of buf.yaml.' 'Each line above names the place and the rule.'
good "$(our_files proto | wc -l) protos are clean"
