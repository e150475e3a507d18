// Faults one after the other while the clients work: what was felt of each, and for how long after its end.

import fs from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { shuffled } from './random.mjs';

const BREATH_MS = 500;  // between two faults, at most

// How many operations ended in which way meanwhile.
function endingsBetween(operations, begin, end) {
  const counts = { ok: 0, failed: 0, unknown: 0 };
  for (const op of operations) if (op.end >= begin && op.begin < end) ++counts[op.outcome];
  return counts;
}

// Does all of `actions` ({ name: action } as in nemesis.mjs) in an order of its own. Resolves with a finding for each: { fault,
// lasted, ok, failed, unknown (operations of the clients while it lasted), recovery, slowest (which kind of operation succeeded
// last after its end, and after how many seconds), died (whether the process did, where it might) }. Rejects when some kind of
// operation does not succeed again.
export async function endure(world, prober, actions, log) {
  const findings = [];
  for (const [fault, act] of shuffled(world.random, Object.entries(actions))) {
    await pause(BREATH_MS * world.random());
    const begin = performance.now();
    const { died } = (await act(world)) ?? {};
    const end = performance.now();
    const seconds = await prober.untilAllSucceed();
    const [slowest, recovery] = Object.entries(seconds).sort(([, a], [, b]) => b - a)[0];
    const meanwhile = endingsBetween(world.history.operations, begin, end);
    const finding = { fault, lasted: (end - begin) / 1000, ...meanwhile, recovery, slowest, ...(died !== undefined && { died }) };
    log(describe(finding));
    findings.push(finding);
  }
  return findings;
}

const FATES = { true: '; the process died', false: '; the process lived on' };

// What became of the process, where it might have died; nothing otherwise.
export const fateOf = ({ died }) => FATES[died] ?? '';

const describe = (finding) => {
  const { fault, lasted, ok, failed, unknown, recovery, slowest } = finding;
  return `${fault}: ${lasted.toFixed(1)} s, ${ok} ok, ${failed} refused, ${unknown} unknown meanwhile; all kinds succeeded again after `
    + `${recovery.toFixed(2)} s (last: ${slowest})${fateOf(finding)}`;
};

// Adds the findings of a run, with the faults that its checker found, to the file that WENMING_FINDINGS names, a line each:
// tools/bench_faults.mjs makes a table of them.
export function publish(findings, faults) {
  const file = process.env.WENMING_FINDINGS;
  if (file) fs.appendFileSync(file, findings.map((finding, i) => `${JSON.stringify({ ...finding, broken: i === 0 ? faults.length : 0 })}\n`).join(''));
}
