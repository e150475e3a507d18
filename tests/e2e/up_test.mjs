// `./wenming up --no-demo`, `status`, `doctor` and `down` as a user types them, on binaries that are built.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { ROOT } from '../../tools/local/settings.mjs';

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'wenming-up-'));
const runDir = path.join(directory, 'run');
const env = { ...process.env, WENMING_RUN_DIR: runDir };

function wenming(...args) {
  const { status, stdout, stderr } = spawnSync(path.join(ROOT, 'wenming'), args, { env, encoding: 'utf8' });
  return { status, out: stdout + stderr };
}
const up = () => wenming('up', '--no-build', '--no-demo', '--ports', 'auto', '--fast-db');
const record = () => JSON.parse(fs.readFileSync(path.join(runDir, 'stack.json'), 'utf8'));
const pids = () => Object.values(record().services).map(({ pid }) => pid);

after(() => {
  wenming('down', '--wipe');
  fs.rmSync(directory, { recursive: true, force: true });
});

test('it starts empty, and a second time changes nothing', async () => {
  const first = up();
  assert.equal(first.status, 0, first.out);
  const { units } = await (await fetch(`${record().http}/v1/units`)).json();
  assert.deepEqual(units, []);
  const before = pids();
  assert.equal(up().status, 0);
  assert.deepEqual(pids(), before);
});

test('status and doctor tell a healthy stack from one that lost a service', () => {
  assert.equal(wenming('status').status, 0);
  process.kill(record().services.volunteer_svc.pid, 'SIGKILL');
  const { status, out } = wenming('status');
  assert.notEqual(status, 0);
  assert.match(out, /volunteer_svc/);
  assert.notEqual(wenming('doctor').status, 0);
  assert.equal(up().status, 0);
  assert.equal(wenming('status').status, 0);
});

test('down stops all of it', async () => {
  const { http } = record();
  assert.equal((await fetch(`${http}/healthz`)).status, 200);
  assert.equal(wenming('down', '--wipe').status, 0);
  await assert.rejects(fetch(`${http}/healthz`));
  assert.ok(!fs.existsSync(path.join(runDir, 'db')));
});
