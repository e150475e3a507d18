// Waiting for what the services tell each other, and doing many things at once but not all.

import { setTimeout as pause } from 'node:timers/promises';
import { Refused } from './session.mjs';

// What takes seconds here may take a minute on a machine that has much to do.
const PATIENCE_MS = 60000;

// Asks again until `condition()` is truthy and resolves with what it was; rejects after `milliseconds`.
export async function until(what, condition, milliseconds = PATIENCE_MS) {
  const end = Date.now() + milliseconds;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() >= end) throw new Error(`waited ${milliseconds / 1000} s for ${what}, in vain`);
    await pause(20);
  }
}

// What a service answers while the news of a new unit, member of staff or volunteer is still on its way to it.
const NEWS = ['NOT_FOUND', 'PERMISSION', 'TOKEN_INVALID', 'UNKNOWN_VOLUNTEER', 'UNKNOWN_REFERENCE',
  'DIRECTORY_UNAVAILABLE', 'BACKEND_UNAVAILABLE'];

// Runs `action` until the news it stands on has arrived; any other refusal is thrown at once.
export function onceKnown(what, action, milliseconds = PATIENCE_MS) {
  let refused;
  return until(what, async () => {
    try {
      return { value: await action() };
    } catch (error) {
      if (!(error instanceof Refused) || !NEWS.includes(error.reason)) throw error;
      refused = error;
      return null;
    }
  }, milliseconds).then(({ value }) => value, (error) => { throw refused ?? error; });
}

// Maps items with at most `width` of them under way; the results stand in the order of the items.
export async function mapWide(items, width, action) {
  const results = new Array(items.length);
  let next = 0;
  const lane = async () => {
    while (next < items.length) {
      const i = next++;
      results[i] = await action(items[i], i);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
  return results;
}
