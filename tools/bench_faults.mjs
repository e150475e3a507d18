#!/usr/bin/env node
// usage: ./wenming bench faults [--json] [--seed N]
//
// Every fault of tests/chaos, one after the other, under 64 clients at two replicas of everything: what the clients got while it lasted,
// and how long after its end each kind of operation, at each replica, had succeeded again. It is what ./wenming test chaos does, as a
// table. The last line is one JSON object. "broken" counts what the checker found against the invariants: 0, or the run fails.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fateOf } from '../tests/chaos/endurance.mjs';

const TESTS = ['faults', 'long_faults', 'disk_full', 'clock'];

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const { values: options } = parseArgs({ options: { seed: { type: 'string' } } });
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wenming-bench-'));
const env = {
  ...process.env,
  WENMING_BUILD_DIR: process.env.WENMING_BUILD_DIR ?? path.join(root, 'build/release'),
  WENMING_FINDINGS: path.join(folder, 'findings'),
  ...(options.seed && { WENMING_SEED: options.seed }),
};

const row = (...cells) => console.log(`| ${cells.join(' | ')} |`);

try {
  spawnSync(path.join(root, 'tools/install.sh'), ['chaos'], { stdio: ['ignore', 2, 2] });
  const failed = TESTS.filter((name) => {
    const { status } = spawnSync(process.execPath, ['--test', path.join(root, `tests/chaos/${name}_test.mjs`)], { env, stdio: ['ignore', 2, 2] });
    return status !== 0;
  });
  const findings = fs.existsSync(env.WENMING_FINDINGS)
    ? fs.readFileSync(env.WENMING_FINDINGS, 'utf8').trim().split('\n').map((line) => JSON.parse(line)) : [];
  row('fault', 'lasted', 'operations meanwhile: ok / refused / unknown', 'everything works again after', 'last');
  row('---', '---', '---', '---', '---');
  for (const finding of findings) {
    const { fault, lasted, ok, failed: refused, unknown, recovery, slowest } = finding;
    row(`${fault}${fateOf(finding)}`, `${lasted.toFixed(1)} s`, `${ok} / ${refused} / ${unknown}`, `${recovery.toFixed(2)} s`, slowest);
  }
  const broken = findings.reduce((sum, finding) => sum + finding.broken, 0);
  console.log(JSON.stringify({ findings, broken, failed }));
  process.exitCode = failed.length + broken === 0 ? 0 : 1;
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}
