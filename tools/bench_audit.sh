#!/usr/bin/env bash
# usage: ./wenming bench audit [--json]
#
# What a record of the audit log costs a writing transaction (the same insert with and without one, in turns, one client,
# medians of 9 rounds of 400), how fast records are chained, and how fast the chain is verified. On a database of its own.
set -euo pipefail
source "$(dirname "$0")/lib.sh"
if help_asked "$@"; then help_of "$0"; exit; fi

own_database fast
"${WENMING_BUILD_DIR:-$ROOT/build/release}/bin/audit_cost"
