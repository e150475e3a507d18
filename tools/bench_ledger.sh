#!/usr/bin/env bash
# usage: ./wenming bench ledger [--json] [--entries N] [--rounds N]
#
# The hour ledger with N entries (10,000,000): how many a second are applied from events (through the consumer, with chains
# and cursor, medians of 3 rounds of 200,000), the 99th percentile of a volunteer's statement (account and first page) at N
# entries and at 10,000, in turns, and how many entries a second are verified. On a database of its own whose commits are on
# the disk; 10,000,000 entries take some 6 GB there and some 10 minutes.
set -euo pipefail
source "$(dirname "$0")/lib.sh"
if help_asked "$@"; then help_of "$0"; exit; fi

ROOM_KB=12000000  # what 10,000,000 entries may need, with room to spare

own_large_database "$ROOM_KB" 'the ledger'
"${WENMING_BUILD_DIR:-$ROOT/build/release}/bin/ledger_bench" "$@"
