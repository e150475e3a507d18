#!/usr/bin/env node
// Starts, stops and reports the four processes of wenming and their private MariaDB on this machine.
//
// RUN_DIR/stack.json describes what runs, for scripts and tests. Its shape is stable:
//   run_dir, build_dir   absolute paths
//   dev                  whether the services run with --dev
//   wechat               { url, app_id, secret_file } of the application at WeChat, or null
//   public_url           where people reach the gateway, or null: the http address
//   trusted_proxy        the network whose X-Forwarded-For the gateway believes, or null: nobody's
//   http                 "http://127.0.0.1:8080", the gateway's HTTP/JSON side
//   grpc                 "127.0.0.1:9090", the gateway's gRPC side
//   ports                every port by its name in settings.mjs
//   keys                 the directory of the key material
//   admin                { login, password_file } of the platform administrator
//   database             { socket, fast }; root logs in there without a password
//   services             by name (org_svc, volunteer_svc, activity_svc, gateway):
//     pid, started       the process; started is its start time in clock ticks
//     grpc, metrics      "127.0.0.1:9101" and "http://127.0.0.1:9201" (the gateway's grpc is its edge)
//     log, binary, args  the log file and the command line
//     files, built       what it was built into, and when the youngest of those was written

import { parseArgs } from 'node:util';
import { monitor } from './monitor.mjs';
import { Problem, run } from './problem.mjs';
import { OPTIONS, PORTS } from './settings.mjs';
import { check, start } from './start.mjs';
import { status } from './status.mjs';
import { stop } from './stop.mjs';
import { verifyAudit } from './verify_audit.mjs';
import { verifyLedger } from './verify_ledger.mjs';

const PORT_HELP = Object.values(PORTS)
  .map(({ flag, env, port, what }) => `  --${`${flag} PORT`.padEnd(23)} ${what} (${env}, ${port})`).join('\n');

const HELP = `usage: tools/stack start [option…]    start what does not run yet, wait until it is ready
       tools/stack check [option…]    only say what start would refuse: an option, a taken port
       tools/stack stop [--wipe]      stop all; --wipe also deletes its data, keys and logs
       tools/stack status [--json]    what runs; exit status 0 only if all is ready
       tools/stack monitor [--stop]   Prometheus on what runs; see ./wenming monitor --help
       tools/stack verify-audit       compare the audit logs with their chains; exit status 0 only if all is in order
       tools/stack verify-ledger [--json]    compare the hour ledger with its chains, likewise

  --run-dir DIR            data, keys, logs and stack.json (WENMING_RUN_DIR, .run)
  --build-dir DIR          where the binaries were built (WENMING_BUILD_DIR, build/release)
  --ports auto             free ports instead of the defaults
${PORT_HELP}
  --no-dev                 without the development log-in and the clock header
  --fast-db                a database that does not survive a power cut, for tests
  --public-url URL         where people reach the gateway, for the links on certificates
  --trusted-proxy NETWORK  of a proxy in front, whose X-Forwarded-For is believed, like 127.0.0.0/8
  --wechat-app-id ID       people log in with this application at WeChat (several with commas between) …
  --wechat-secret-file F   … whose secret stands in this file
  --wechat-url URL         where WeChat answers (https://api.weixin.qq.com)`;

const RUN_DIR = { 'run-dir': OPTIONS['run-dir'] };
const COMMANDS = {
  start: { action: start, options: OPTIONS },
  check: { action: check, options: OPTIONS },
  stop: { action: stop, options: { ...RUN_DIR, wipe: { type: 'boolean' } } },
  monitor: { action: monitor, options: { ...RUN_DIR, port: { type: 'string' }, interval: { type: 'string' }, stop: { type: 'boolean' } } },
  'verify-audit': { action: verifyAudit, options: RUN_DIR },
  'verify-ledger': { action: verifyLedger, options: { ...RUN_DIR, json: { type: 'boolean' } } },
  status: { action: status, options: { ...RUN_DIR, json: { type: 'boolean' } } },
};

await run(async () => {
  const [name, ...rest] = process.argv.slice(2);
  if (name === undefined || name === '--help' || rest.includes('--help')) {
    console.log(HELP);
    return name === undefined ? 2 : 0;
  }
  if (!(name in COMMANDS)) throw new Problem(`There is no command "${name}".`, 'start, check, stop, status, monitor, verify-audit or verify-ledger; see --help.');
  const { action, options } = COMMANDS[name];
  let flags;
  try {
    flags = parseArgs({ args: rest, options }).values;
  } catch (error) {
    throw new Problem(error.message, 'tools/stack --help lists the options.');
  }
  return action(flags);
});
