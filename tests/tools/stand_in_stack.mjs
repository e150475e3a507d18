// tools/stack on a real database and stand-ins for the services.

import fs from 'node:fs';
import path from 'node:path';
import { ROOT, run, scratch } from './support.mjs';

const STACK = path.join(ROOT, 'tools/stack');
export const SERVICES = ['org_svc', 'volunteer_svc', 'activity_svc', 'gateway'];

// A build directory whose binaries are stand-ins.
function fakeBuild(directory) {
  fs.mkdirSync(path.join(directory, 'bin'), { recursive: true });
  fs.writeFileSync(path.join(directory, 'wenming.binpb'), '');
  const fake = path.join(ROOT, 'tests/tools/fake_service.mjs');
  for (const name of SERVICES) {
    fs.writeFileSync(path.join(directory, 'bin', name), `#!/bin/sh\nexec node "${fake}" ${name} "$@"\n`, { mode: 0o755 });
  }
}

// A run directory with the commands that act on it. `durable`: its database survives a stop, and keeps a binary log.
export function newStack(t, { durable = false } = {}) {
  const directory = scratch(t, () => stack('stop', '--wipe'));
  const build = path.join(directory, 'build');
  const runDir = path.join(directory, 'run');
  fakeBuild(build);
  const env = { ...process.env, FAKE_DIR: directory };
  for (const name of Object.keys(env)) if (/^WENMING_/.test(name)) delete env[name];
  const stack = (command, ...flags) => run(STACK, [command, '--run-dir', runDir, ...flags], { env });
  const record = () => JSON.parse(fs.readFileSync(path.join(runDir, 'stack.json'), 'utf8'));
  const wenming = (command, ...args) => run(path.join(ROOT, 'wenming'), [command, '--run-dir', runDir, ...args], { env });
  const doctor = () => run(process.execPath, [path.join(ROOT, 'tools/local/doctor.mjs'), '--run-dir', runDir], { env });
  return {
    directory, runDir, build, stack, wenming, doctor, record,
    start: (...flags) => stack('start', '--build-dir', build, ...(durable ? [] : ['--fast-db']), '--ports', 'auto', ...flags),
    pids: () => Object.fromEntries(SERVICES.map((name) => [name, record().services[name].pid])),
  };
}
