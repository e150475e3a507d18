// `tools/stack monitor`: Prometheus with the dashboards' rules and the alerts on the running stack.

import { Problem, good } from './problem.mjs';
import { startPrometheus, stopPrometheus } from './prometheus.mjs';
import { readRecord, withLock } from './record.mjs';
import { runDirOf } from './settings.mjs';

function portOf(text) {
  const port = Number(text ?? 0);
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Problem(`--port is "${text}", which is no port.`);
  return port;
}

async function startFor(runDir, { interval = '15s', port }) {
  if (!/^\d+(ms|s|m)$/.test(interval)) throw new Problem(`--interval is "${interval}".`, 'Give a time such as 15s.');
  const stack = readRecord(runDir);
  if (stack === null) throw new Problem('wenming is not running.', './wenming up starts it.');
  const { url, started } = await startPrometheus(runDir, stack, { interval, port: portOf(port) });
  good(`Prometheus ${started ? 'watches' : 'watches already'}: ${url}/alerts, ${url}/graph`);
}

export async function monitor(flags) {
  const runDir = runDirOf(flags);
  await withLock(runDir, async () => {
    if (!flags.stop) return startFor(runDir, flags);
    good((await stopPrometheus(runDir)) ? 'Prometheus is stopped; what it stored stays' : 'no Prometheus was wanted');
  });
}
