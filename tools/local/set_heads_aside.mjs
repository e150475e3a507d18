#!/usr/bin/env node
// usage: set_heads_aside.mjs RUN_DIR SECONDS NAME
//
// For ./wenming restore: the database is as it was at that time. Heads of the audit log that were exported since and that it
// does not reach go from RUN_DIR/audit to RUN_DIR/audit/NAME, since the chain that they end is gone. One exported before
// that is not reached tells of records that were lost, so it stays, and verify-audit says so.

import fs from 'node:fs';
import path from 'node:path';
import { query, socketOf } from './database.mjs';
import { good, run } from './problem.mjs';
import { STORES, paths } from './services.mjs';

const [runDir, seconds, name] = process.argv.slice(2);
const folder = paths(runDir).audit;

// Lines that cannot be read are left for verify-audit.
function readHead(line) {
  try {
    return JSON.parse(line);
  } catch {
    return {};
  }
}

const isLate = ({ sequence, time }, reached) => sequence > reached && Date.parse(time) >= seconds * 1000;

// Each process that ran the service has a file of its own.
const isOf = (service) => (file) => file.startsWith(`${service}.`) && file.endsWith('heads.jsonl');

function setAside(service) {
  const files = fs.existsSync(folder) ? fs.readdirSync(folder).filter(isOf(service)) : [];
  if (files.length === 0) return 0;
  const reached = Number(query(socketOf(runDir), `SELECT sequence FROM ${STORES[service].schema}.audit_heads WHERE chain = 1`)[0]?.[0] ?? 0);
  return files.map((file) => setLinesAside(path.join(folder, file), reached)).reduce((sum, n) => sum + n, 0);
}

function setLinesAside(file, reached) {
  const lines = fs.readFileSync(file, 'utf8').split('\n').filter((line) => line !== '');
  const late = lines.filter((line) => isLate(readHead(line), reached));
  if (late.length === 0) return 0;
  fs.mkdirSync(path.join(folder, name), { recursive: true, mode: 0o700 });
  const text = (some) => some.map((line) => `${line}\n`).join('');
  fs.writeFileSync(path.join(folder, name, path.basename(file)), text(late), { mode: 0o640 });
  fs.writeFileSync(`${file}.new`, text(lines.filter((line) => !late.includes(line))), { mode: 0o640 });
  fs.renameSync(`${file}.new`, file);
  return late.length;
}

await run(() => {
  const count = Object.keys(STORES).map(setAside).reduce((sum, n) => sum + n, 0);
  if (count > 0) good(`${count} heads of the audit log that end later are in ${path.join(folder, name)}`);
});
