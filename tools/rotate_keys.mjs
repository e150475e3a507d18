#!/usr/bin/env node
// Rotates keys while the stack runs; what it does to each is told in tools/rotation/. Running it again goes on where it was
// cut off.

import { parseArgs } from 'node:util';
import { Problem, good, run } from './local/problem.mjs';
import { readRecord, withLock } from './local/record.mjs';
import { STORES, paths } from './local/services.mjs';
import { OPTIONS, runDirOf } from './local/settings.mjs';
import { retireCertificates, rotateCertificates } from './rotation/certificates.mjs';
import { LONGEST_TRANSACTION, retireData, rotateData } from './rotation/data.mjs';
import { keyHolders } from './rotation/metrics.mjs';
import { retireTokens, rotateTokens } from './rotation/tokens.mjs';

const HELP = `usage: ./wenming rotate-keys [data|tokens|certificates] [--retire] [--longest-transaction SECONDS] [--run-dir DIR]

  data               a new key for personal data; what is stored is re-encrypted in the background
  tokens             new keys to sign tokens with
  certificates       a new key to sign certificates with; what older ones signed stays good
                     none of them: all
  --retire           instead, remove older keys that nothing needs any more
  --longest-transaction SECONDS
                     how long after a service took the new data key what the old one sealed may still be committed (300):
                     --retire waits for it
  --run-dir DIR      of the stack (WENMING_RUN_DIR, .run)`;

const ACTIONS = {
  data: {
    rotate: async (keys, services) => good(`personal data are encrypted by generation ${await rotateData(keys, services)} of the data key`),
    retire: async (keys, services, longest) =>
      good(`older data keys removed: ${(await retireData(keys, services, { longest })).join(', ') || 'none'}`),
  },
  tokens: {
    rotate: async (keys, services) => good(`tokens are signed by ${(await rotateTokens(keys, Object.keys(STORES), services)).join(', ')}`),
    retire: async (keys, services) =>
      good(`older token keys removed: ${(await retireTokens(keys, Object.keys(STORES), services)).join(', ') || 'none'}`),
  },
  certificates: {
    rotate: async (keys) => good(`certificates are signed by generation ${rotateCertificates(keys)} of their key`),
    retire: async (keys) => good(`older certificate keys removed, their public halves kept: ${retireCertificates(keys).join(', ') || 'none'}`),
  },
};

await run(async () => {
  const { values: flags, positionals } = parseArgs({
    options: { 'run-dir': OPTIONS['run-dir'], retire: { type: 'boolean' },
      'longest-transaction': { type: 'string', default: String(LONGEST_TRANSACTION) }, help: { type: 'boolean' } },
    allowPositionals: true,
  });
  if (flags.help) return console.log(HELP);
  const kinds = positionals.length === 0 ? Object.keys(ACTIONS) : positionals;
  const unknown = kinds.find((kind) => !(kind in ACTIONS));
  if (unknown !== undefined) throw new Problem(`There are no keys called "${unknown}".`, 'See --help.');
  const longest = Number(flags['longest-transaction']);
  if (!(longest >= 0)) throw new Problem('--longest-transaction takes seconds.', 'See --help.');
  const runDir = runDirOf(flags);
  await withLock(runDir, async () => {
    const services = keyHolders(readRecord(runDir));
    for (const kind of kinds) await ACTIONS[kind][flags.retire ? 'retire' : 'rotate'](paths(runDir).keys, services, longest);
  });
});
