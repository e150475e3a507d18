// Kills services and brings them back, and lets callers wait until they are.

// What stands for an exchange whose answer was lost on the way; a fault of ours is thrown on.
function noAnswer(error) {
  if (error.message !== 'fetch failed' && error.name !== 'TimeoutError') throw error;
  return { status: 0, error };
}

export class Outage {
  #back = Promise.resolve();
  #stack;

  constructor(stack) {
    this.#stack = stack;
    this.kills = 0;
  }

  // Resolves when nothing is down.
  get over() {
    return this.#back;
  }

  // SIGKILL, then a start; resolves when the service is ready again.
  strike(name) {
    this.#stack.kill(name);
    ++this.kills;
    this.#back = this.#stack.revive();
    return this.#back;
  }

  // Sends until the answer is a definite one. No answer, a server's error and "busy" leave open what happened.
  async insist(send) {
    for (let attempt = 1; ; ++attempt) {
      await this.over;
      const exchange = await send().catch(noAnswer);
      if (exchange.status >= 200 && exchange.status < 500 && exchange.status !== 429 && exchange.status !== 499) {
        return { ...exchange, attempt };
      }
      const found = `${exchange.status} ${exchange.raw ?? exchange.error}`;
      if (attempt === 200) throw new Error(`no definite answer after ${attempt} attempts: ${found}`);
    }
  }
}
