// ./wenming demo on a stack of its own, told twice: the second time everything of the first is there already.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { ROOT } from '../../tools/local/settings.mjs';
import { startStack } from '../support/running_stack.mjs';

const DEMO = path.join(ROOT, 'tools/demo.mjs');

let stack;
before(async () => { stack = await startStack({ volunteers: 20 }); });
after(() => stack?.stop());

// Resolves with { status, out }.
const demo = (...args) => new Promise((resolve) => {
  execFile(process.execPath, [DEMO, '--run-dir', stack.runDir, ...args], { maxBuffer: 1 << 26, timeout: 120000 },
    (error, out, err) => resolve({ status: error?.code ?? 0, out: out + err }));
});

test('the story holds, twice', async () => {
  for (const run of [1, 2]) {
    const { status, out } = await demo('--json');
    const { held, steps } = JSON.parse(out);
    const failed = steps.flatMap(({ title, proofs }) => proofs.filter((proof) => !proof.held).map((proof) => ({ title, ...proof })));
    assert.deepEqual(failed, [], `run ${run}`);
    assert.equal(held, true);
    assert.equal(status, 0);
    assert.ok(steps.length >= 14 && steps.every(({ proofs }) => proofs.length > 0), 'every step proves something');
  }
});

test('it is told for people, without a password or a token', async () => {
  const { status, out } = await demo();
  assert.equal(status, 0, out);
  assert.match(out, /the story holds: \d+ proofs/);
  for (const { password } of stack.demo.accounts) assert.ok(!out.includes(password));
  assert.doesNotMatch(out, /eyJ[\w-]{10,}\./);
});

test('loading the demo again changes nothing', async () => {
  const { stdout } = await stack.load('--volunteers', '20');
  assert.match(stdout, /loaded already/);
});

test('a stack that does not run is a clear message', async () => {
  const { status, out } = await demo('--run-dir', path.join(stack.directory, 'nowhere'));
  assert.equal(status, 1);
  assert.match(out, /wenming is not running/);
});
