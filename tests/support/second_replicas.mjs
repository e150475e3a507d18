// A second process of each service and a second gateway beside a running stack, on the same database: what a client that
// knows both sides sees of two replicas.

import fs from 'node:fs';
import path from 'node:path';
import { end, isAlive, launch } from '../../tools/local/process.mjs';
import { SERVICES } from '../../tools/local/services.mjs';
import { HOST } from '../../tools/local/settings.mjs';
import { Session } from '../../tools/story/session.mjs';
import { Revival } from './revival.mjs';

const APART = 10;  // a second port stands this far from the first

export class SecondReplicas {
  #running = {};
  #revival = new Revival();

  // Follows the RunningStack's own processes in all flags but the ports; `databaseSocket` is where they find the database.
  constructor(stack, databaseSocket) {
    const { ports, services, database } = stack.record;
    const address = (port) => `${HOST}:${port}`;
    const moved = new Map(Object.values(ports).map((port) => [address(port), address(port + APART)]));
    const second = (text) => {
      const [, head, tail] = /^(.*=)?(.*)$/.exec(text);
      return (head ?? '') + (tail === database.socket ? databaseSocket : moved.get(tail) ?? tail);
    };
    const logs = path.join(stack.runDir, 'log');
    this.services = Object.fromEntries(SERVICES.map((name) => [name, {
      binary: services[name].binary,
      args: services[name].args.map(second),
      metrics: `http://${second(new URL(services[name].metrics).host)}`,
      log: path.join(logs, `${name}.second.log`),
    }]));
    this.session = new Session(`http://${address(ports.http + APART)}`);
  }

  // Starts what does not run, as often as it takes, and waits until all is ready.
  async revive() {
    await Promise.all(SERVICES.map((name) => this.#untilReady(name)));
  }

  // Starts a service that does not run through another command, [program, …arguments], which becomes it. Does not wait for it.
  startThrough(name, [program, ...words]) {
    const { binary, args, log } = this.services[name];
    this.#running[name] = launch(program, [...words, binary, ...args], log);
  }

  runs(name) {
    return isAlive(this.#running[name]);
  }

  // The id of a process that revive() has started.
  pidOf(name) {
    if (!isAlive(this.#running[name])) throw new Error(`the second ${name} does not run`);
    return this.#running[name].pid;
  }

  kill(name) {
    process.kill(this.pidOf(name), 'SIGKILL');
  }

  async stop() {
    await end(this.#running.gateway);
    await Promise.all(SERVICES.map((name) => end(this.#running[name])));
    await this.#revival.stop();
  }

  async #untilReady(name) {
    const service = this.services[name];
    const { ready, running } = await this.#revival.revive(name, service, this.#running[name]);
    this.#running[name] = running;
    if (!ready) throw new Error(`the second ${name} is not ready:\n${fs.readFileSync(service.log, 'utf8').slice(-2000)}`);
  }
}
