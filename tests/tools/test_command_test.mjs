// `./wenming test` and .ci/run around a stand-in for ctest: the count in the last line and the exit status.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { ROOT, run, scratch } from './support.mjs';

// A copy of the scripts whose helpers do nothing, and whose ctest prints what it is told and ends with a status.
function tree(t, ctestOutput, ctestStatus) {
  const directory = scratch(t);
  const script = (name, body) => fs.writeFileSync(path.join(directory, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  fs.cpSync(path.join(ROOT, 'tools'), path.join(directory, 'tools'), { recursive: true });
  fs.cpSync(path.join(ROOT, '.ci'), path.join(directory, '.ci'), { recursive: true });
  fs.copyFileSync(path.join(ROOT, 'wenming'), path.join(directory, 'wenming'));
  for (const helper of ['build', 'fmt', 'lint']) script(`tools/${helper}.sh`, 'exit 0');
  script('tools/install.sh', `echo "$@" >>${directory}/install.log`);
  script('tools/mariadb.sh', `echo "$@" >>${directory}/mariadb.log; echo /socket`);
  fs.mkdirSync(path.join(directory, 'bin'));
  fs.writeFileSync(path.join(directory, 'output'), ctestOutput);
  script('bin/ctest', `echo "$@" >>${directory}/ctest.log; echo "$WENMING_SEED" >>${directory}/seeds.log; cat ${directory}/output; exit ${ctestStatus}`);
  const env = { ...process.env, PATH: `${path.join(directory, 'bin')}:${process.env.PATH}` };
  return {
    run: (command, ...args) => run(path.join(directory, command), args, { env }),
    read: (name) => fs.readFileSync(path.join(directory, name), 'utf8'),
  };
}

const lastLine = (text) => text.trimEnd().split('\n').pop();
const PASSED = '\n100% tests passed, 0 tests failed out of 12\n\nTotal Test time (real) =   1.00 sec\n';
const FAILED = '\n75% tests passed, 3 tests failed out of 12\n\nThe following tests FAILED:\n\t  1 - a (Failed)\nErrors while running CTest\n';
const NONE = 'No tests were found!!!\n';

test('all passed', (t) => {
  const { run, read } = tree(t, PASSED, 0);
  const done = run('wenming', 'test');
  assert.equal(done.status, 0, done.err);
  assert.equal(lastLine(done.out), '12 passed, 0 failed');
  assert.match(read('mariadb.log'), /^start .*\/db --fast\nsocket .*\/db\nstop .*\/db\n$/);
});

test('failures are counted, the status is the runner\'s, the database is stopped', (t) => {
  const { run, read } = tree(t, FAILED, 8);
  const done = run('wenming', 'test');
  assert.equal(done.status, 8);
  assert.equal(lastLine(done.out), '9 passed, 3 failed');
  assert.match(read('mariadb.log'), /\nstop /);
});

test('no test at all is a failure', (t) => {
  const { run } = tree(t, NONE, 8);
  const done = run('wenming', 'test', 'nothing_like_it');
  assert.equal(done.status, 8);
  assert.match(done.out, /No test was run: none matches "nothing_like_it"\.\n0 passed, 0 failed\n$/);
});

test('a filter reaches the runner; --asan leaves whole stacks out', (t) => {
  const { run, read } = tree(t, PASSED, 0);
  run('wenming', 'test', 'common_db');
  run('wenming', 'test', '--asan');
  const [filtered, asan] = read('ctest.log').split('\n');
  assert.match(filtered, /--tests-regex common_db/);
  assert.match(asan, /build\/asan .*--exclude-regex \^\(bench\[\.\]\|chaos\|e2e\|k8s\|monitoring\|tools\)/);
});

test('the slow chaos tests run where chaos is asked for, with the seed that is asked for', (t) => {
  const { run, read } = tree(t, PASSED, 0);
  run('wenming', 'test');
  run('wenming', 'test', '--seed', '7', 'chaos');
  const [all, chaos] = read('ctest.log').split('\n');
  assert.match(all, /--label-exclude slow/);
  assert.doesNotMatch(chaos, /--label-exclude/);
  assert.match(read('seeds.log'), /^\n7\n$/);
});

test('images and a bare machine are made where they are asked for, with what that takes', (t) => {
  const { run, read } = tree(t, PASSED, 0);
  for (const filter of ['k8s.images', 'tools.fresh', 'k8s.overlays']) run('wenming', 'test', filter);
  const [images, fresh, overlays] = read('ctest.log').split('\n');
  for (const slow of [images, fresh]) assert.doesNotMatch(slow, /--label-exclude/);
  assert.match(overlays, /--label-exclude slow/);
  assert.deepEqual(read('install.log').trim().split('\n'), ['browser monitor backup images', 'browser monitor backup fresh',
    'browser monitor backup']);
});

test('CI adds up the linters and both runs', (t) => {
  const done = tree(t, PASSED, 0).run('.ci/run');
  assert.equal(done.status, 0, done.err);
  assert.equal(lastLine(done.out), '26 passed, 0 failed');
});

test('CI fails when a run fails', (t) => {
  const done = tree(t, FAILED, 8).run('.ci/run');
  assert.equal(done.status, 1);
  assert.equal(lastLine(done.out), '20 passed, 6 failed');
});

test('CI counts a run that broke before counting as a failure', (t) => {
  const done = tree(t, NONE, 8).run('.ci/run');
  assert.equal(done.status, 1);
  assert.equal(lastLine(done.out), '2 passed, 2 failed');
});
