// Background processes that outlive the command which started them, known by pid and start time, so that a pid that the
// kernel has given to somebody else is never mistaken for ours.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

// When the process began, in clock ticks since boot; null when it is gone or only waits to be reaped.
function startTicks(pid) {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : fields[19];
  } catch {
    return null;
  }
}

export const isAlive = (process) => process?.pid !== undefined && startTicks(process.pid) === process.started;

// Waits until `condition()` is true or the time is over; returns whether it came true. Asks every 50 ms.
export async function until(condition, milliseconds) {
  const end = Date.now() + milliseconds;
  for (;;) {
    if (await condition()) return true;
    if (Date.now() >= end) return false;
    await pause(50);
  }
}

// The environment of a service: ours without proxies, which gRPC would use for calls to its neighbours.
function serviceEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(https?|grpc|all|no)_proxy$/i.test(name)));
}

// Starts `binary` in a session of its own with both outputs in `log`; the log of the run before is kept as `log`.1.
export function launch(binary, args, log) {
  if (fs.existsSync(log)) fs.renameSync(log, `${log}.1`);
  const output = fs.openSync(log, 'w', 0o600);
  const child = spawn(binary, args, { detached: true, stdio: ['ignore', output, output], env: serviceEnvironment() });
  child.on('error', (error) => fs.appendFileSync(log, `${error.message}\n`));
  child.unref();
  fs.closeSync(output);
  return { pid: child.pid, started: child.pid === undefined ? null : startTicks(child.pid) };
}

// Asks the process to end and waits; after `graceMs` it is killed. Returns 'gone', 'ended' or 'killed'.
export async function end(process_, graceMs = 20000) {
  if (!isAlive(process_)) return 'gone';
  process.kill(process_.pid, 'SIGTERM');
  if (await until(() => !isAlive(process_), graceMs)) return 'ended';
  process.kill(process_.pid, 'SIGKILL');
  await until(() => !isAlive(process_), 5000);
  return 'killed';
}
