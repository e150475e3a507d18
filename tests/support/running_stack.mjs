// A whole stack for a test file: its own database, the four processes of the build under test, free ports; gone afterwards.

import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { isAlive } from '../../tools/local/process.mjs';
import { PORTS, ROOT, isFree } from '../../tools/local/settings.mjs';
import { logIn } from '../../tools/story/staff.mjs';
import { loadedDemo, runningStack, sessionOf } from '../../tools/story/stack.mjs';

const execute = promisify(execFile);

// Our settings and nobody else's: a run directory in the environment must not lead a test to somebody's stack.
function environment() {
  const ours = Object.entries(process.env).filter(([name]) => !/^WENMING_/.test(name));
  return Object.fromEntries(ours);
}

// Flags for ports that no other test file chooses at the same moment: a block of its own for each process id.
async function ownPorts() {
  const names = Object.values(PORTS);
  for (let block = process.pid; ; ++block) {
    const first = 12000 + (block % 400) * 20;
    const free = await Promise.all(names.map((_, i) => isFree(first + i)));
    if (free.every(Boolean)) return names.flatMap(({ flag }, i) => [`--${flag}`, String(first + i)]);
  }
}

export class RunningStack {
  constructor(directory, buildDir, flags) {
    this.directory = directory;
    this.buildDir = buildDir;
    this.flags = flags;
    this.runDir = path.join(directory, 'run');
  }

  // Starts what is dead, on the ports it had; with other flags than before, starts all anew.
  async revive(...flags) {
    await this.#tool('stack', 'start', '--build-dir', this.buildDir, ...this.flags, ...flags);
  }

  load(...flags) {
    return this.#tool('load_demo.mjs', ...flags);
  }

  // The process id of a service, as it was recorded when it was started.
  pidOf(name) {
    const service = this.record.services[name];
    if (!isAlive(service)) throw new Error(`${name} does not run`);
    return service.pid;
  }

  // Ends a service the hard way.
  kill(name) {
    process.kill(this.pidOf(name), 'SIGKILL');
  }

  // The process id of the database, as it wrote it down itself.
  get databasePid() {
    const directory = fs.realpathSync(path.join(this.runDir, 'db'));
    const pid = Number(fs.readFileSync(path.join(directory, 'mariadbd.pid'), 'utf8'));
    const command = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    if (!command.includes(`--defaults-file=${directory}/`)) throw new Error('the database does not run');
    return pid;
  }

  killDatabase() {
    process.kill(this.databasePid, 'SIGKILL');
  }

  // As an administrator ends it; resolves once it has written everything down.
  async endDatabase() {
    await execute(path.join(ROOT, 'tools/mariadb.sh'), ['stop', path.join(this.runDir, 'db')]);
  }

  // Runs `tools/stack WHAT`, which compares a log with its chain; { ok, told }.
  async verify(what) {
    try {
      return { ok: true, told: (await this.#tool('stack', what)).stdout };
    } catch (error) {
      return { ok: false, told: error.message };
    }
  }

  get record() {
    return runningStack(this.runDir);
  }

  get session() {
    return sessionOf(this.record);
  }

  get demo() {
    return loadedDemo(this.runDir);
  }

  account(login) {
    return this.demo.accounts.find((account) => account.login === login);
  }

  // A session of one of the demo's staff.
  enter(login) {
    return logIn(this.session, login, this.account(login).password);
  }

  async stop() {
    await this.#tool('stack', 'stop', '--wipe');
    fs.rmSync(this.directory, { recursive: true, force: true });
  }

  // Runs tools/NAME with its arguments; resolves with { stdout, stderr }, rejects with what it said.
  async #tool(name, ...args) {
    const [command, first] = name.endsWith('.mjs') ? [process.execPath, [path.join(ROOT, 'tools', name)]] : [path.join(ROOT, 'tools', name), []];
    const where = ['--run-dir', this.runDir];
    const words = name === 'stack' ? [args[0], ...where, ...args.slice(1)] : [...where, ...args];
    try {
      return await execute(command, [...first, ...words], { env: environment(), timeout: 300000 });
    } catch (error) {
      throw new Error(`tools/${name} ${words.join(' ')}: ${error.stdout}${error.stderr}${error.code === undefined ? error.message : ''}`);
    }
  }
}

// Starts a stack with the demo's units, teams and staff, and `volunteers` people; without the number, an empty one. Its
// database does not survive being killed, unless it is `durable`; it is kept in `databaseFolder` where one is given. Call
// stop() in the end.
export async function startStack({ volunteers, durable = false, databaseFolder, buildDir = process.env.WENMING_BUILD_DIR } = {}) {
  if (!buildDir) throw new Error('WENMING_BUILD_DIR does not say what to test; run ./wenming test');
  const flags = [...(await ownPorts()), ...(durable ? [] : ['--fast-db'])];
  const stack = new RunningStack(fs.mkdtempSync(path.join(os.tmpdir(), 'wenming-')), path.resolve(buildDir), flags);
  try {
    if (databaseFolder) {
      fs.mkdirSync(stack.runDir, { mode: 0o700 });
      fs.symlinkSync(databaseFolder, path.join(stack.runDir, 'db'));
    }
    await stack.revive();
    if (volunteers !== undefined) await stack.load('--volunteers', String(volunteers), '--no-activities');
    return stack;
  } catch (error) {
    await stack.stop().catch(() => {});
    throw error;
  }
}
