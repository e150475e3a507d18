// tools/install.sh --check around a stand-in for dpkg-query: what it finds missing.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { ROOT, run, scratch } from './support.mjs';

// A tree with the given package list on a machine where only the given packages are installed.
function machine(t, list, installed) {
  const directory = scratch(t);
  const write = (name, text) => fs.writeFileSync(path.join(directory, name), text, { mode: 0o755 });
  for (const made of ['tools', 'bin', 'node_modules']) fs.mkdirSync(path.join(directory, made));
  for (const name of ['install.sh', 'lib.sh']) fs.copyFileSync(path.join(ROOT, 'tools', name), path.join(directory, 'tools', name));
  write('tools/packages.txt', list);
  write('package-lock.json', '{}');
  write('node_modules/.package-lock.json', '{}');
  fs.utimesSync(path.join(directory, 'package-lock.json'), 1e9, 1e9);
  write('bin/dpkg-query', `#!/bin/sh\n${installed.map((name) => `echo installed ${name}`).join('\n')}\nexit 1\n`);
  const env = { ...process.env, PATH: `${path.join(directory, 'bin')}:${process.env.PATH}` };
  return { directory, check: (...topics) => run(path.join(directory, 'tools/install.sh'), ['--check', ...topics], { env }) };
}

test('says nothing when all is there', (t) => {
  const { status, out, err } = machine(t, '# a list\n\ncmake\nninja-build\n', ['cmake', 'ninja-build']).check();
  assert.deepEqual({ status, out, err }, { status: 0, out: '', err: '' });
});

test('names what is missing, also on a machine that has none', (t) => {
  const some = machine(t, 'cmake\nninja-build\n', ['cmake']).check();
  assert.deepEqual([some.status, some.out], [1, 'Debian packages: ninja-build\n']);
  const none = machine(t, 'cmake\nninja-build\n', []).check();
  assert.deepEqual([none.status, none.out], [1, 'Debian packages: cmake ninja-build\n']);
});

test('"unless" leaves out what another build provides', (t) => {
  assert.equal(machine(t, 'some-shell unless sh\n', []).check().status, 0);
  assert.equal(machine(t, 'some-shell unless no-such-command\n', []).check().status, 1);
});

test('"for" asks only where its topic is named', (t) => {
  const { check } = machine(t, 'clang-tidy-14 for tidy\n', []);
  assert.equal(check().status, 0);
  assert.equal(check('tidy').status, 1);
});

test('a lock file newer than what npm installed is missing work', (t) => {
  const { directory, check } = machine(t, 'cmake\n', ['cmake']);
  fs.utimesSync(path.join(directory, 'node_modules/.package-lock.json'), 1e8, 1e8);
  assert.match(check().out, /npm packages: node_modules is missing or older/);
});

test('a line that cannot be read is refused', (t) => {
  const { status, err } = machine(t, 'cmake when git\n', []).check();
  assert.equal(status, 1);
  assert.match(err, /cannot read "cmake when git"/);
});
