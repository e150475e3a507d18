#!/usr/bin/env bash
# usage: tools/lint_protos.sh
#
# Runs `buf lint` (the version that package-lock.json pins, no network) over protos/ with the rules of buf.yaml, and names the
# reasons of reason.proto that no code gives.
set -euo pipefail
source "$(dirname "$0")/lib.sh"
if help_asked "$@"; then help_of "$0"; exit; fi

cd "$ROOT"
[[ -x node_modules/.bin/buf ]] || fail 'buf is not installed.' 'tools/install.sh installs it.'
node_modules/.bin/buf lint protos || fail 'The protos break a rule of buf.yaml.' 'Each line above names the place and the rule.'
reasons() { grep -hoE 'REASON_[A-Z0-9_]+' "$@" | LC_ALL=C sort -u; }
unused=$(LC_ALL=C comm -23 <(reasons protos/wenming/type/reason.proto) <(reasons -r --include='*.cc' --include='*.h' common gateway ./*_svc))
[[ -z $unused ]] || fail "No code gives ${unused//$'\n'/, }." 'Take them out of reason.proto and reserve their numbers.'
good "$(our_files proto | wc -l) protos are clean"
