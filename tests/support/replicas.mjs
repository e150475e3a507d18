// Two replicas of services of a running stack and a gateway in front of them, in place of the stack's own processes: what a
// cluster has, so that each can be restarted, and replaced by another release, while calls go on.

import path from 'node:path';
import { end, isAlive } from '../../tools/local/process.mjs';
import { until } from '../../tools/story/waiting.mjs';
import { Revival } from './revival.mjs';

const APART = 10;  // a second port stands this far from the first, in the block that the stack has for itself
// Long enough for callers to hear of it on a busy machine.
const DRAIN_DELAY = '--drain-delay=2s';
const GATEWAY_FLAGS = ['--share-ports=on', DRAIN_DELAY, '--caller-rate=0'];

// Of an address, or of the URL of one.
const second = (address) => address.replace(/\d+$/, (port) => Number(port) + APART);

async function metricsOf({ metrics }) {
  return (await fetch(`${metrics}/metrics`, { signal: AbortSignal.timeout(5000) })).text();
}

// The version that a process tells.
export const versionOf = async (process_) => /^wenming_build_info\{version="(.*)"\} 1$/m.exec(await metricsOf(process_))[1];

// How many calls a replica has answered.
export async function answeredBy(replica) {
  const counts = [...(await metricsOf(replica)).matchAll(/^grpc_server_handled_total\{.*\} (\d+)$/gm)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}

export class Replicas {
  #stack;
  #replicated;  // the addresses of the first replicas
  #revival = new Revival();
  #gateway;

  // Replicates the services of these names; call stop() in the end.
  static async start(stack, names) {
    const replicas = new Replicas(stack, names);
    try {
      await Promise.all([...names, 'gateway'].map((name) => end(stack.record.services[name])));
      await Promise.all(replicas.all.map((replica) => replicas.#launch(replica)));
      await replicas.replaceGateway(stack.buildDir);
    } catch (error) {
      await replicas.stop();
      throw error;
    }
    return replicas;
  }

  constructor(stack, names) {
    const { services } = stack.record;
    this.#stack = stack;
    this.#replicated = names.map((name) => services[name].grpc);
    // { name, binary, args, grpc, metrics, log, running } of each; `firsts` and `seconds` hold one of each service.
    this.firsts = names.map((name) => this.#replica(name, services[name], (address) => address));
    this.seconds = names.map((name) => this.#replica(name, { ...services[name], log: `${services[name].log}.second` }, second));
    this.all = [...this.firsts, ...this.seconds];
  }

  get gateway() {
    return this.#gateway;
  }

  // Ends a replica by the signal and starts it again, from the build directory where one is given; the gateway gives it
  // calls again when this resolves.
  async restart(replica, { signal = 'SIGTERM', buildDir } = {}) {
    process.kill(replica.running.pid, signal);
    await until(`${replica.name} to end`, () => !isAlive(replica.running));
    if (buildDir) replica.binary = path.join(buildDir, 'bin', replica.name);
    await this.#launch(replica);
    await this.#found(replica);
  }

  // Starts a gateway of the build on the ports of the one that runs, and ends that one once the new one serves.
  async replaceGateway(buildDir) {
    const before = this.#gateway;
    let ended;
    this.#gateway = this.#gatewayOf(buildDir, before);
    try {
      await this.#launch(this.#gateway);
      await Promise.all(this.all.map((replica) => this.#found(replica)));
    } finally {
      ended = await end(before?.running);
    }
    if (ended === 'killed') throw new Error('the gateway did not drain in time');
  }

  async stop() {
    await end(this.#gateway?.running);
    await Promise.all(this.all.map(({ running }) => end(running)));
    await this.#revival.stop();
  }

  #replica(name, { binary, args, grpc, metrics, log }, at) {
    const argument = (text) => {
      const [flag, value] = text.split('=');
      if (/^--(grpc|metrics)$/.test(flag)) return `${flag}=${at(value)}`;
      // Both replicas of another service, as a name in a cluster stands for them.
      return this.#replicated.includes(value) ? `${flag}=ipv4:${value},${second(value)}` : text;
    };
    return { name, binary, args: [...args.map(argument), DRAIN_DELAY], grpc: at(grpc), metrics: at(metrics), log };
  }

  // Gateways that share all other ports have a port for metrics each, for theirs to be told apart.
  #gatewayOf(buildDir, before) {
    const { args, metrics: first, log } = this.#stack.record.services.gateway;
    const metrics = before?.metrics === first ? second(first) : first;
    const argument = (text) => {
      const [name, address] = text.split('=');
      if (text === new URL(first).host) return [new URL(metrics).host];
      if (text === path.join(this.#stack.buildDir, 'wenming.binpb')) return [path.join(buildDir, 'wenming.binpb')];
      return /^wenming\.\w+\.v1$/.test(name) && this.#replicated.includes(address) ? [text, '--backend', `${name}=${second(address)}`] : [text];
    };
    return {
      name: 'gateway', binary: path.join(buildDir, 'bin', 'gateway'), args: [...args.flatMap(argument), ...GATEWAY_FLAGS],
      metrics, log: metrics === first ? log : `${log}.second`,
    };
  }

  async #launch(process_) {
    const { ready, running } = await this.#revival.revive(process_.name, process_);
    process_.running = running;
    if (!ready) throw new Error(`${process_.name} is not ready; its log is ${process_.log}`);
  }

  async #found({ name, grpc }) {
    const line = `\ngateway_backend_ready{backend="${grpc}"} 1\n`;
    await until(`the gateway to find ${name}`, async () => (await metricsOf(this.#gateway)).includes(line));
  }
}
