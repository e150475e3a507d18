#!/usr/bin/env bash
# usage: ./wenming bench signup [--json] [--seconds N] [--rounds N]
#
# The rush: sign-ups through gRPC, 256 in flight, for one shift and for a thousand, beside one transaction a sign-up
# written straight against the connector (32 connections, no RPC), and 20,000 people for 50 places; in turns, medians of
# the rounds (3 of 5 s). Every token has been verified once beforehand, for people open the page before they sign up. On
# a database of its own that has each commit on the disk. Afterwards the tables are compared with what was answered:
# "oversold" counts shifts with more people than places, "lost" acknowledged sign-ups that are not there.
set -euo pipefail
source "$(dirname "$0")/lib.sh"
if help_asked "$@"; then help_of "$0"; exit; fi

export WENMING_DB_BUFFER_POOL=2G
own_database durable
"${WENMING_BUILD_DIR:-$ROOT/build/release}/bin/signup_rush" "$@"
