// The Dockerfile's images, made by buildah as root without a daemon on a Debian 12 that debootstrap makes; everything in one folder. The
// programs are those that were built already; with WENMING_IMAGES_CCACHE=DIR, the compiler's cache of a release build, the stage that
// compiles them runs instead.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { HOST, isFree } from '../../tools/local/settings.mjs';
import { handOver, makeDebian } from '../support/debian.mjs';
import { ROOT, succeed } from '../tools/support.mjs';

export const PROGRAMS = { gateway: 'gateway', 'org-svc': 'org_svc', 'volunteer-svc': 'volunteer_svc', 'activity-svc': 'activity_svc' };
export const BASE = 'debian:bookworm-slim';
const BUILD_MS = 7200000;
const SECONDS_AT_MOST = '900';  // that a program runs: nothing outlives a test that was killed

// The processes that the one has started, and those that they have.
function descendantsOf(pid) {
  const children = fs.readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    fs.readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean));
  return children.flatMap((child) => [child, ...descendantsOf(child)]);
}

export class Images {
  #where;
  #taken = [];

  constructor(directory) {
    this.directory = directory;
    this.#where = ['--root', path.join(directory, 'storage'), '--runroot', path.join(directory, 'run'), '--storage-driver', 'vfs'];
    fs.mkdirSync(path.join(directory, 'log'), { recursive: true });
  }

  buildah(...args) {
    return succeed('buildah', [...this.#where, ...args], { timeout: BUILD_MS });
  }

  bud(...args) {
    this.buildah('bud', '--pull-never', '--isolation', 'chroot', ...args);
  }

  makeBase() {
    const root = path.join(this.directory, 'root');
    makeDebian(root);
    succeed('chroot', [root, 'sh', '-c', 'apt-get clean && rm -rf /var/lib/apt/lists/*']);  // as the official one is
    if (process.env.WENMING_IMAGES_CCACHE) this.#letCompile(root);
    succeed('tar', ['-C', root, '-cf', path.join(this.directory, 'base.tar'), '.']);
    fs.writeFileSync(path.join(this.directory, 'Base'), 'FROM scratch\nADD base.tar /\n');
    this.bud('-t', BASE, '-f', path.join(this.directory, 'Base'), this.directory);
  }

  // A RUN sees no environment of ours, so our way to the network and the place of the compiler's cache stand in files.
  #letCompile(root) {
    const { npm_config_cafile: authorities } = handOver(root);
    if (authorities) fs.writeFileSync(path.join(root, 'root/.npmrc'), `cafile=${authorities}\n`);
    fs.writeFileSync(path.join(root, 'etc/ccache.conf'), 'cache_dir = /ccache\n');
  }

  // What stands for the stage "build": itself, or the folder of what it would have made.
  builtBy() {
    const cache = process.env.WENMING_IMAGES_CCACHE;
    if (cache) {
      const registry = succeed('npm', ['config', 'get', 'registry']);
      this.bud('--target', 'build', '-t', 'wenming/build', '-v', `${path.resolve(cache)}:/ccache`,
        '--build-arg', `npm_config_registry=${registry}`, '-f', path.join(ROOT, 'Dockerfile'), ROOT);
      return 'container-image://localhost/wenming/build';
    }
    const built = path.join(this.directory, 'built');
    const bin = path.join(built, 'src/build/release/bin');
    fs.mkdirSync(bin, { recursive: true });
    const from = process.env.WENMING_BUILD_DIR;
    for (const name of Object.values(PROGRAMS)) succeed('strip', ['--strip-unneeded', '-o', path.join(bin, name), path.join(from, 'bin', name)]);
    fs.copyFileSync(path.join(from, 'wenming.binpb'), path.join(bin, '../wenming.binpb'));
    return built;
  }

  // How many bytes its files have.
  sizeOf(image) {
    const container = this.buildah('from', '--pull-never', image);
    const size = Number(succeed('du', ['-s', '--block-size=1', this.buildah('mount', container)]).split('\t')[0]);
    this.buildah('rm', container);
    return size;
  }

  // A free port of ours for each of the cluster's.
  async portFor(port) {
    if (!this.#taken[port]) {
      let ours = 32000 + (process.pid % 500);
      while (!(await isFree(ours)) || this.#taken.includes(ours)) ++ours;
      this.#taken[port] = ours;
    }
    return this.#taken[port];
  }

  // What the container is told, with the addresses of here.
  async told({ args }, environment) {
    const own = args.map((argument) => argument.replace(/\$\((\w+)\)/g, (_, name) => environment[name]));
    return Promise.all(own.map(async (argument) => {
      const [, before, port] = /^(.*?)(?:0\.0\.0\.0|[a-z]+-svc):(\d+)$/.exec(argument) ?? [];
      return port ? `${before}${HOST}:${await this.portFor(Number(port))}` : argument;
    }));
  }

  // The command line of a program in its image, with what a pod has mounted (`pods` in our folder).
  #command(target, args) {
    const volumes = { keys: '/run/wenming/keys', [target]: '/run/wenming/database', bootstrap: '/run/wenming/bootstrap', audit: '/var/lib/wenming/audit' };
    const mounts = Object.entries(volumes).flatMap(([folder, to]) => ['-v', `${path.join(this.directory, 'pods', folder)}:${to}`]);
    const container = this.buildah('from', '--pull-never', `wenming/${target}`);
    return [...this.#where, 'run', '--isolation', 'chroot', ...mounts, container, '--', 'timeout', SECONDS_AT_MOST, `/usr/bin/${PROGRAMS[target]}`, ...args];
  }

  // Runs another command in the image of that name; what it said.
  inside(image, ...command) {
    const container = this.buildah('from', '--pull-never', image);
    const said = this.buildah('run', '--isolation', 'chroot', container, '--', ...command);
    this.buildah('rm', container);
    return said;
  }

  runToEnd(target, args) {
    return succeed('buildah', this.#command(target, args));
  }

  // Ends a program that was started, as Kubernetes does; its exit status. (buildah itself passes no signal on: it kills.)
  async end({ target, child }) {
    if (child.exitCode !== null || child.signalCode) return child.exitCode;
    const own = descendantsOf(child.pid).find((pid) => fs.readlinkSync(`/proc/${pid}/exe`).endsWith(`/usr/bin/${PROGRAMS[target]}`));
    const ended = once(child, 'exit');
    if (own) process.kill(Number(own), 'SIGTERM');
    else child.kill('SIGTERM');
    return (await ended)[0];
  }

  start(target, args) {
    const log = path.join(this.directory, 'log', target);
    const output = fs.openSync(log, 'w');
    const child = spawn('buildah', this.#command(target, args), { stdio: ['ignore', output, output] });
    fs.closeSync(output);
    return { target, child, log, metrics: `http://${args.find((argument) => argument.startsWith('--metrics=')).split('=')[1]}` };
  }
}
