// Rotates data.key: personal data are sealed by a new generation, first what is written, then, in the background, the rest.

import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Problem } from '../local/problem.mjs';
import { samples, untilAll } from './metrics.mjs';

const fileOf = (keys) => path.join(keys, 'data.key');

function sync(file) {
  const descriptor = fs.openSync(file, 'r');
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

// Writes a secret whole or not at all, and onto the disk: what a key has sealed is lost with it.
export function writeSecret(file, content) {
  fs.writeFileSync(`${file}.new`, content, { mode: 0o600 });
  sync(`${file}.new`);
  fs.renameSync(`${file}.new`, file);
  sync(path.dirname(file));
}

// The lines of data.key: [{ generation, hex, known: it does not encrypt yet }].
export function readGenerations(keys) {
  return fs.readFileSync(fileOf(keys), 'utf8').split('\n').map((line) => line.trim()).filter(Boolean).map((line) => {
    const [, known, generation, hex] = /^(~?)(?:(\d+):)?([0-9a-fA-F]{64})$/.exec(line) ?? [];
    if (hex === undefined) throw new Problem(`${fileOf(keys)} holds a line that is no key.`);
    return { generation: Number(generation ?? 1), hex, known: known === '~' };
  });
}

const write = (keys, lines) =>
  writeSecret(fileOf(keys), lines.map(({ generation, hex, known }) => `${known ? '~' : ''}${generation}:${hex}\n`).join(''));

const shows = (generation, use) => async (service) =>
  (await samples(service, 'wenming_data_key_info')).some(({ labels }) => labels.generation === String(generation) && labels.use === use);

// Adds a generation: every service knows it before the first one uses it. A rotation that was cut off is gone on with.
export async function rotateData(keys, services) {
  const lines = readGenerations(keys);
  if (!lines.some(({ known }) => known)) {
    const next = Math.max(...lines.map(({ generation }) => generation)) + 1;
    lines.push({ generation: next, hex: crypto.randomBytes(32).toString('hex'), known: true });
    write(keys, lines);
  }
  const { generation } = lines.find(({ known }) => known);
  await untilAll(services, `know generation ${generation} of the data key`, shows(generation, 'open'));
  write(keys, lines.map((line) => ({ ...line, known: false })));
  await untilAll(services, `use generation ${generation} of the data key`, shows(generation, 'seal'));
  return generation;
}

// Seconds. A call begins no transaction after 30 s, a step of re-encryption none after 60 s, and a statement that is not
// answered within 30 s ends its transaction: what an older key sealed is committed by then, or never.
export const LONGEST_TRANSACTION = 300;

// When the service began to seal with that generation alone; nothing while it does not.
const sealTime = async (service, generation) =>
  (await samples(service, 'wenming_data_key_seal_time_seconds')).find(({ labels }) => labels.generation === String(generation))?.value;

// Removes all generations but the newest, once every service uses that one and a count found nothing that needs another. The
// count counts only where it began when no transaction could be open any more that had sealed before: `longest` seconds after
// the service took the newest. Each service knows since when that is, so that the command may be cut off and run again; one
// that was started anew counts from its start. Resolves with the generations that went.
export async function retireData(keys, services, { longest = LONGEST_TRANSACTION, milliseconds = longest * 1000 + 60000 } = {}) {
  const lines = readGenerations(keys);
  if (lines.some(({ known }) => known)) throw new Problem('A rotation of the data key is under way.', './wenming rotate-keys data ends it.');
  if (lines.length === 1) return [];
  if (services.length === 0) throw new Problem('Only running services can say what the old keys are needed for.', './wenming up starts them.');
  const newest = lines.reduce((a, b) => (a.generation > b.generation ? a : b));
  await untilAll(services, `use generation ${newest.generation} of the data key`, shows(newest.generation, 'seal'), milliseconds);
  await untilAll(services, 'finish re-encrypting', async (service) => {
    const since = await sealTime(service, newest.generation);
    const counted = await samples(service, 'wenming_reseal_count_time_seconds');
    const left = await samples(service, 'wenming_reseal_rows_left');
    return since !== undefined && counted.length > 0 && counted.every(({ value }) => value > since + longest)
      && left.every(({ value }) => value === 0);
  }, milliseconds);
  write(keys, [newest]);
  return lines.filter((line) => line !== newest).map(({ generation }) => generation);
}
