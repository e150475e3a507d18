// Starts services and waits until they are ready, on a thread of its own: beside sixty-four clients an answer about
// readiness can take longer than any patience with it.

import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { isAlive, launch, until } from '../../tools/local/process.mjs';
import { isReady } from '../../tools/local/services.mjs';

const READY_MS = 120000;

export class Revival {
  #worker;
  #waiting = new Map();
  #asked = 0;

  constructor() {
    this.#worker = new Worker(new URL(import.meta.url), { workerData: { revival: true } });
    this.#worker.unref();
    this.#worker.on('message', ({ id, ...answer }) => {
      this.#waiting.get(id)(answer);
      this.#waiting.delete(id);
    });
  }

  // Starts `service`, { binary, args, metrics, log }, as often as it takes, where `running` is not alive; resolves with
  // { ready, running } when it says that it is ready, or when the patience is over.
  revive(name, service, running) {
    const id = ++this.#asked;
    this.#worker.ref();
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#worker.postMessage({ id, name, service, running });
    }).finally(() => { if (this.#waiting.size === 0) this.#worker.unref(); });
  }

  stop() {
    return this.#worker.terminate();
  }
}

if (!isMainThread && workerData?.revival) {
  parentPort.on('message', async ({ id, name, service: { binary, args, metrics, log }, running }) => {
    let current = running;
    const ready = await until(() => {
      if (!isAlive(current)) current = launch(binary, args, log);
      return isReady(name, metrics);
    }, READY_MS);
    parentPort.postMessage({ id, ready, running: current });
  });
}
