// Keys are rotated under a stack that works: nobody is logged out, nothing becomes unreadable, and the old key can go.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { ROOT } from '../../tools/local/settings.mjs';
import { paths } from '../../tools/local/services.mjs';
import { readGenerations } from '../../tools/rotation/data.mjs';
import { keyHolders, samples } from '../../tools/rotation/metrics.mjs';
import { startStack } from '../support/running_stack.mjs';

const VOLUNTEERS = 40;

let stack;
before(async () => { stack = await startStack({ volunteers: VOLUNTEERS }); });
after(() => stack?.stop());

const rotate = (...args) =>
  promisify(execFile)(process.execPath, [path.join(ROOT, 'tools/rotate_keys.mjs'), ...args, '--run-dir', stack.runDir], { timeout: 180000 });

test('data and token keys are rotated while people work', async () => {
  const center = await stack.enter('center');
  const list = () => center.get(`/v1/${stack.account('center').unit_name}/volunteers?pageSize=1000`);
  const before = await list();
  assert.ok(before.volunteers.length >= VOLUNTEERS);

  let reading = true;
  const reader = (async () => {
    while (reading) assert.deepEqual(await list(), before, 'every answer is what it was');
  })();
  await rotate('data');
  await rotate('tokens');
  await rotate('data', '--retire');
  reading = false;
  await reader;

  assert.deepEqual(readGenerations(paths(stack.runDir).keys).map(({ generation }) => generation), [2]);
  const left = await Promise.all(keyHolders(stack.record).map((service) => samples(service, 'wenming_reseal_rows_left')));
  assert.ok(left.flat().length > 0 && left.flat().every(({ value }) => value === 0));
  assert.deepEqual(await (await stack.enter('center')).get('/v1/units?pageSize=1').then(({ units }) => units.length), 1);
  assert.deepEqual(await list(), before);
});
