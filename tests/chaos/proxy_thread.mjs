// A DatabaseProxy on a thread of its own: the clients keep this one too busy to pass on packets in time.

import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { DatabaseProxy } from './database_proxy.mjs';

export class ProxyThread {
  #worker;

  // As DatabaseProxy; `lost` and `delayed` follow a moment later.
  constructor(server, socket) {
    Object.assign(this, { server, socket, lost: { before: 0, after: 0 }, delayed: 0 });
  }

  start() {
    this.#worker = new Worker(new URL(import.meta.url), { workerData: { server: this.server, socket: this.socket } });
    return new Promise((resolve, reject) => {
      this.#worker.on('error', reject);
      this.#worker.on('message', (counts) => { Object.assign(this, counts); resolve(); });
    });
  }

  loseNext(when) {
    this.#worker.postMessage(['loseNext', when]);
  }

  delayStatements(milliseconds) {
    this.#worker.postMessage(['delayStatements', milliseconds]);
  }

  stop() {
    return this.#worker.terminate();
  }
}

const TELL_MS = 20;

if (!isMainThread && workerData?.server) {
  const proxy = new DatabaseProxy(workerData.server, workerData.socket);
  parentPort.on('message', ([what, value]) => proxy[what](value));
  await proxy.start();
  setInterval(() => parentPort.postMessage({ lost: proxy.lost, delayed: proxy.delayed }), TELL_MS);
}
