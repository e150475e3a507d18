// What running services say of their keys.

import { setTimeout as pause } from 'node:timers/promises';
import { Problem } from '../local/problem.mjs';

// Every service of the record that holds keys, as { name, metrics (a URL) }; none where nothing runs.
export const keyHolders = (record) =>
  Object.entries(record?.services ?? {}).filter(([name]) => name !== 'gateway').map(([name, { metrics }]) => ({ name, metrics }));

// The samples of one metric: [{ labels: { … }, value }].
export async function samples({ name, metrics }, metric) {
  let text;
  // A connection that was kept may end just as it is used again.
  for (let tries = 1; text === undefined; tries++) {
    try {
      const answer = await fetch(`${metrics}/metrics`, { signal: AbortSignal.timeout(5000) });
      text = await answer.text();
    } catch (error) {
      if (tries < 3) continue;
      throw new Problem(`${name} does not say which keys it uses: ${error.message}`, './wenming status shows what runs.');
    }
  }
  return text.split('\n').filter((line) => line.startsWith(`${metric}{`) || line.startsWith(`${metric} `)).map((line) => {
    const [, labels, value] = /^[^{ ]+(?:\{(.*)\})? (\S+)/.exec(line);
    const pairs = [...(labels ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, key, content]) => [key, content]);
    return { labels: Object.fromEntries(pairs), value: Number(value) };
  });
}

// Waits until `condition(service)` holds for every one of them.
export async function untilAll(services, what, condition, milliseconds = 60000) {
  const end = Date.now() + milliseconds;
  for (const service of services) {
    while (!(await condition(service))) {
      if (Date.now() >= end) throw new Problem(`${service.name} does not ${what}.`, 'Its log says why; then run the command again.');
      await pause(100);
    }
  }
}
