// What README.md says of a bare Debian 12 with nothing but git and a shell: on one that debootstrap makes, its two commands
// install, build and run everything from a clone of this tree's last commit, with Debian's own node. It takes hours, and root.
//
// Such a machine has its own way to the network: our names, authorities, proxies and npm registry are handed over.
// WENMING_FRESH_CCACHE=DIR lets it share the compiler's cache in DIR. What it says is in WENMING_BUILD_DIR/fresh.log.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { PORTS, isFree } from '../../tools/local/settings.mjs';
import { handOver, makeDebian } from '../support/debian.mjs';
import { ROOT, run, scratch, succeed } from './support.mjs';

const CLONE = '/root/wenming';

// Before what the machine sees of us: nothing but the network, and the devices. All of it ends with the shell: the processes,
// which have a namespace of their own, and what is mounted.
const ENTER = `
set -e
mount --rbind /dev "$1/dev"
mount -t tmpfs tmpfs "$1/dev/shm"
mount -t sysfs sysfs "$1/sys"
[ -z "$2" ] || { mkdir "$1/ccache"; mount --bind "$2" "$1/ccache"; }
exec chroot "$1" /bin/bash -c "$3"
`;
const TWO_COMMANDS = `cd ${CLONE} && ./wenming up && ./wenming demo && ./wenming test && ./wenming down`;

// The network is ours, so its ports are, too.
async function assertPortsFree() {
  const taken = [];
  for (const { port, env } of Object.values(PORTS)) if (!(await isFree(port))) taken.push(`${env} ${port}`);
  assert.deepEqual(taken, [], 'the stack of this test listens on the default ports; ./wenming down frees them');
}

test('the two commands of README.md work on a bare Debian 12', async (t) => {
  await assertPortsFree();
  const root = path.join(scratch(t), 'debian');
  makeDebian(root, ['git']);
  for (const name of ['node', 'npm', 'cmake', 'g++']) {
    assert.ok(!fs.existsSync(path.join(root, 'usr/bin', name)), `a bare machine has no ${name}`);
  }
  succeed('git', ['clone', '--quiet', '--no-hardlinks', ROOT, path.join(root, CLONE)]);
  const proxies = Object.entries(process.env).filter(([name]) => /^(https?|no)_proxy$/i.test(name));
  const cache = process.env.WENMING_FRESH_CCACHE ?? '';
  const env = {
    HOME: '/root', PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8',
    npm_config_registry: succeed('npm', ['config', 'get', 'registry']), ...Object.fromEntries(proxies), ...handOver(root),
    ...(cache ? { CCACHE_DIR: '/ccache' } : {}),
  };
  const file = path.join(process.env.WENMING_BUILD_DIR, 'fresh.log');
  const log = fs.openSync(file, 'w');
  const { status } = run('unshare', ['--mount', '--pid', '--fork', '--kill-child', `--mount-proc=${root}/proc`,
    'sh', '-c', ENTER, 'sh', root, cache, TWO_COMMANDS], { env, stdio: ['ignore', log, log], timeout: 0 });
  fs.closeSync(log);
  const said = fs.readFileSync(file, 'utf8');
  assert.equal(status, 0, `${file} ends with:\n${said.slice(-4000)}`);
  assert.match(said, /wenming is up after \d+ s/);
  assert.match(said, /the story holds: \d+ proofs/);
  assert.match(said, /^[1-9]\d* passed, 0 failed$/m);
  assert.match(succeed('chroot', [root, 'node', '--version']), /^v18\./);
});
