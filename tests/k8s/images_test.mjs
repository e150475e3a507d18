// The Dockerfile's images, built as root without a daemon on a Debian 12 that debootstrap makes, and started: each has the libraries
// that its program needs and runs as the user that k8s/ names. The programs are those that were built already; the stage that
// compiles them is left out, since it takes as long as the whole build.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { makeDebian } from '../support/debian.mjs';
import { ROOT, scratch, succeed } from '../tools/support.mjs';

const PROGRAMS = { gateway: 'gateway', 'org-svc': 'org_svc', 'volunteer-svc': 'volunteer_svc', 'activity-svc': 'activity_svc' };
const BASE = 'debian:bookworm-slim';

// Everything that buildah keeps is in a directory of its own.
function makeBuildah(directory) {
  const where = ['--root', path.join(directory, 'storage'), '--runroot', path.join(directory, 'run'), '--storage-driver', 'vfs'];
  return (...args) => succeed('buildah', [...where, ...args]);
}

function makeBase(directory, buildah) {
  const root = path.join(directory, 'root');
  makeDebian(root);
  succeed('tar', ['-C', root, '-cf', path.join(directory, 'base.tar'), '.']);
  fs.writeFileSync(path.join(directory, 'Base'), 'FROM scratch\nADD base.tar /\n');
  buildah('bud', '--pull-never', '--isolation', 'chroot', '-t', BASE, '-f', path.join(directory, 'Base'), directory);
}

// What the stage "build" would have made.
function collectBuilt(directory) {
  const built = path.join(directory, 'built');
  const bin = path.join(built, 'src/build/release/bin');
  fs.mkdirSync(bin, { recursive: true });
  const from = process.env.WENMING_BUILD_DIR;
  for (const name of Object.values(PROGRAMS)) succeed('strip', ['--strip-unneeded', '-o', path.join(bin, name), path.join(from, 'bin', name)]);
  fs.copyFileSync(path.join(from, 'wenming.binpb'), path.join(bin, '../wenming.binpb'));
  return built;
}

test('every image has what its program needs, and runs as nobody else', (t) => {
  const directory = scratch(t);
  const buildah = makeBuildah(directory);
  makeBase(directory, buildah);
  const built = collectBuilt(directory);
  for (const [target, program] of Object.entries(PROGRAMS)) {
    buildah('bud', '--pull-never', '--isolation', 'chroot', '--build-context', `build=${built}`, '--target', target,
      '-t', `wenming/${target}`, '-f', path.join(ROOT, 'Dockerfile'), ROOT);
    const { OCIv1: { config } } = JSON.parse(buildah('inspect', '--type', 'image', `wenming/${target}`));
    assert.deepEqual([config.User, config.Entrypoint], ['64017:64017', [`/usr/bin/${program}`]], target);
    const container = buildah('from', '--pull-never', `wenming/${target}`);
    const inside = (...command) => buildah('run', '--isolation', 'chroot', container, '--', ...command);
    assert.equal(inside('id', '-u'), '64017', target);
    assert.match(inside(`/usr/bin/${program}`, '--help'), /--metrics/, target);
    buildah('rm', container);
  }
});
