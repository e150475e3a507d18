// A migration runs while the release before it still answers (docs/operations.md), so it only adds: tables, keys, columns that
// somebody who does not know them need not fill. What else there is stands here, with why no older release minds.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { ROOT } from './support.mjs';

const SERVICES = ['org_svc', 'volunteer_svc', 'activity_svc'];
// The tests' next release keeps to it as well.
const FOLDERS = ['common/db/schema', ...SERVICES.flatMap((name) => [`${name}/schema`, `tests/e2e/next_release/${name}/schema`])];

// By file: what it does beside adding, as it is reported, and why that was right.
const EXCEPTIONS = {
  'activity_svc/schema/0183_volunteers_told.sql': {
    'MODIFY volunteer_number': 'longer than before: what fitted still fits',
  },
  'volunteer_svc/schema/0140_reversals.sql': {
    'UPDATE hour_accounts': 'fills the new columns once; the release before must be stopped (docs/reliability.md)',
    'DROP KEY by_start_time': 'only a key: what asked by it becomes slower, not wrong',
  },
  'volunteer_svc/schema/0152_hour_parts.sql': {
    'DELETE FROM parked_events': 'moved to the consumers that follow; the old one finds nothing parked, and goes on',
  },
};

const withoutComments = (sql) => sql.replace(/--[^\n]*/g, '');
// At commas outside of parentheses and quotes.
const clauses = (text) => text.match(/(?:'[^']*'|\((?:[^()]|\([^()]*\))*\)|[^,'(])+/g).map((clause) => clause.trim());

// Of one clause of an ALTER TABLE: null where it only adds, otherwise its first words.
function faultOfClause(clause) {
  const column = /^ADD (?:COLUMN )(\w+) (.*)$/is.exec(clause);
  if (column) return /\bNOT NULL\b/i.test(column[2]) && !/\bDEFAULT\b/i.test(column[2]) ? `ADD COLUMN ${column[1]} without a default` : null;
  if (/^ADD (KEY|INDEX) /i.test(clause)) return null;
  return clause.split(/\s+/).slice(0, /^(DROP|ADD) /i.test(clause) ? 3 : 2).join(' ');
}

function faultsOfStatement(statement) {
  const words = statement.trim().replace(/\s+/g, ' ');
  if (/^(CREATE TABLE|CREATE INDEX|INSERT INTO) /i.test(words)) return [];
  const alter = /^ALTER TABLE \w+ (.*)$/is.exec(words);
  if (alter) return clauses(alter[1]).map(faultOfClause).filter(Boolean);
  return [words.split(' ').slice(0, /^(DELETE|CREATE|DROP) /i.test(words) ? 3 : 2).join(' ')];
}

const faultsOf = (sql) => withoutComments(sql).split(/;\s*(?:\n|$)/).filter((part) => part.trim()).flatMap(faultsOfStatement);

const files = FOLDERS.flatMap((folder) => fs.readdirSync(path.join(ROOT, folder)).map((name) => `${folder}/${name}`));

test('every migration only adds, but for what is listed with its reason', () => {
  assert.ok(files.length > 40, 'the schemas are found');
  const found = files.map((file) => [file, faultsOf(fs.readFileSync(path.join(ROOT, file), 'utf8'))]).filter(([, faults]) => faults.length > 0);
  const listed = Object.entries(EXCEPTIONS).map(([file, reasons]) => [file, Object.keys(reasons)]);
  assert.deepEqual(Object.fromEntries(found), Object.fromEntries(listed));
});

test('what an older release would mind is found', () => {
  for (const [sql, faults] of [
    ['ALTER TABLE a DROP COLUMN b;', ['DROP COLUMN b']],
    ['ALTER TABLE a RENAME COLUMN b TO c;', ['RENAME COLUMN']],
    ['ALTER TABLE a CHANGE b c INT;', ['CHANGE b']],
    ['ALTER TABLE a ADD COLUMN b INT NOT NULL;', ['ADD COLUMN b without a default']],
    ['ALTER TABLE a\n  ADD COLUMN b INT NOT NULL DEFAULT 0,  -- why, not what\n  ADD COLUMN c VARCHAR(9) NOT NULL;', ['ADD COLUMN c without a default']],
    ['ALTER TABLE a ADD UNIQUE KEY b (c, d);', ['ADD UNIQUE KEY']],
    ['ALTER TABLE a ADD CHECK (b > 0), ADD KEY c (d, e);', ['ADD CHECK (b']],
    ['DROP TABLE a;', ['DROP TABLE a']],
    ['RENAME TABLE a TO b;', ['RENAME TABLE']],
    ['UPDATE a SET b = 1;\nDELETE FROM a WHERE b = 2;', ['UPDATE a', 'DELETE FROM a']],
    ['CREATE UNIQUE INDEX a ON b (c);', ['CREATE UNIQUE INDEX']],
  ]) assert.deepEqual(faultsOf(sql), faults, sql);
  const expansion = 'CREATE TABLE a (b INT NOT NULL, KEY c (b));\nALTER TABLE d ADD COLUMN e DECIMAL(4, 2), ADD COLUMN f INT NOT NULL DEFAULT 0, ADD KEY g (e, f);';
  assert.deepEqual(faultsOf(expansion), []);
});
