#!/usr/bin/env bash
# usage: ./wenming monitor [--port PORT] [--interval TIME] [--run-dir DIR]
#        ./wenming monitor --stop [--run-dir DIR]
#
# Starts Debian's Prometheus on the running stack, with the recording rules and alerts of k8s/monitoring: a process of its own
# on a free port of 127.0.0.1, its data in RUN_DIR/prometheus. The system service of that name is not used and not started. A
# second call changes nothing, unless the stack moved. ./wenming down and a reboot end it, ./wenming up starts it again.
#
#   --port PORT      instead of a free one
#   --interval TIME  how often to ask and to judge (15s)
#   --stop           stop it for good; what it stored stays
set -euo pipefail
source "$(dirname "$0")/lib.sh"
if help_asked "$@"; then help_of "$0"; exit; fi

"$ROOT/tools/install.sh" monitor
exec "$ROOT/tools/stack" monitor "$@"
