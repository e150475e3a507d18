#!/usr/bin/env bash
# usage: ./wenming bench scale [--json] [--registrations N] [--rounds N]
#
# Whether sign-up, "my shifts" and "upcoming" stay as fast as registrations grow: the 99th percentile of each in a county
# with N registrations (10,000,000: 250,000 volunteers with 40 each, three of four past with a presence, 500,000 shifts) and
# in one with 10,000, call by call in turns, medians of 5 rounds. The services are called directly, without RPC, on one
# database whose commits are on the disk. 10,000,000 take some 10 GB there and some 6 minutes, more on a busy machine.
set -euo pipefail
source "$(dirname "$0")/lib.sh"
if help_asked "$@"; then help_of "$0"; exit; fi

ROOM_KB=16000000  # what 10,000,000 registrations may need, with room to spare

own_large_database "$ROOM_KB" 'the registrations'
"${WENMING_BUILD_DIR:-$ROOT/build/release}/bin/scale_bench" "$@"
