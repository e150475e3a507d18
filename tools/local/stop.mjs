// `tools/stack stop`: ends the processes from the edge inwards, then the database; --wipe deletes what they left.

import fs from 'node:fs';
import { stopDatabase } from './database.mjs';
import { Problem, good } from './problem.mjs';
import { end } from './process.mjs';
import { pausePrometheus } from './prometheus.mjs';
import { readRecord, withLock, writeStopped } from './record.mjs';
import { SERVICES, paths } from './services.mjs';
import { runDirOf } from './settings.mjs';

async function stopServices(record) {
  await end(record?.services?.gateway);
  const names = SERVICES.filter((name) => name !== 'gateway');
  const ends = await Promise.all(names.map((name) => end(record?.services?.[name])));
  const killed = names.filter((_, i) => ends[i] === 'killed');
  if (killed.length > 0) console.log(`    ${killed.join(', ')} did not drain in time and was killed`);
}

function wipe(runDir) {
  const { log, keys, audit, database, prometheus, stopped, demo, demoPassword, adminPassword, passwords } = paths(runDir);
  const all = [log, keys, audit, database, prometheus, stopped, demo, demoPassword, adminPassword, passwords];
  for (const ours of all) fs.rmSync(ours, { recursive: true, force: true });
}

export async function stop(flags) {
  const runDir = runDirOf(flags);
  if (!fs.existsSync(runDir)) return good(`nothing to stop: there is no ${runDir}`);
  await withLock(runDir, async () => {
    const record = readRecord(runDir);
    await pausePrometheus(runDir);
    await stopServices(record);
    if (fs.existsSync(paths(runDir).database)) stopDatabase(runDir);
    writeStopped(runDir);
    good(record === null ? 'nothing was running' : 'stopped');
    if (flags.wipe) wipe(runDir);
  });
  if (!flags.wipe) return;
  try {
    fs.rmdirSync(runDir);
  } catch (error) {
    if (error.code !== 'ENOTEMPTY') throw new Problem(`${runDir} could not be removed: ${error.message}`);
    console.log(`    ${runDir} holds files that are not ours; they stay`);
  }
  good('data, keys and logs are deleted');
}
