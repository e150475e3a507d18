// What `./wenming doctor` says of a database: of made-up settings, and of a real one.

import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { query } from '../../tools/local/database.mjs';
import { hasBinaryLog, unsafeSettings } from '../../tools/local/database_settings.mjs';
import { ROOT, run, scratch } from './support.mjs';

const SAFE = {
  innodb_flush_log_at_trx_commit: '1', innodb_flush_method: 'O_DIRECT', innodb_doublewrite: 'ON', log_bin: 'ON', sync_binlog: '1',
  default_storage_engine: 'InnoDB', sql_mode: 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION',
};
const names = (all) => unsafeSettings(all).map(({ name }) => name);

test('each setting that loses or bends data is named, with the reason', () => {
  assert.deepEqual(names(SAFE), []);
  for (const [name, value] of [
    ['innodb_flush_log_at_trx_commit', '0'], ['innodb_flush_log_at_trx_commit', '2'], ['innodb_flush_method', 'nosync'],
    ['innodb_flush_method', 'O_DIRECT_NO_FSYNC'], ['innodb_doublewrite', 'OFF'], ['sync_binlog', '0'], ['sync_binlog', '100'],
    ['default_storage_engine', 'Aria'], ['sql_mode', 'NO_ENGINE_SUBSTITUTION'], ['sql_mode', ''],
  ]) {
    assert.deepEqual(names({ ...SAFE, [name]: value }), [name], `${name}=${value}`);
    const [{ why, should }] = unsafeSettings({ ...SAFE, [name]: value });
    assert.ok(why && should, name);
  }
});

test('what a server does not have, or without a binary log does not matter, is no fault', () => {
  assert.deepEqual(names({ ...SAFE, log_bin: 'OFF', sync_binlog: '0' }), []);
  const { innodb_flush_method: none, ...others } = SAFE;
  assert.deepEqual(names(others), []);
  assert.deepEqual(names({ ...SAFE, innodb_doublewrite: 'DETECT_AND_RECOVER', sql_mode: 'STRICT_ALL_TABLES' }), []);
});

test('of a real database, too: the one for tests is not safe, and says for what', (t) => {
  const script = path.join(ROOT, 'tools/mariadb.sh');
  const directory = scratch(t, () => run(script, ['stop', directory]));
  const variables = (...flags) => {
    const { status, out, err } = run(script, ['start', directory, ...flags]);
    assert.equal(status, 0, err);
    const socket = out.trim();
    return [socket, Object.fromEntries(query(socket, 'SHOW GLOBAL VARIABLES'))];
  };
  assert.deepEqual(names(variables('--fast')[1]), ['innodb_flush_log_at_trx_commit', 'innodb_flush_method', 'innodb_doublewrite']);
  run(script, ['stop', directory]);

  const [socket, durable] = variables();
  assert.deepEqual(names(durable), []);
  assert.equal(hasBinaryLog(durable), false);
  query(socket, "SET GLOBAL innodb_flush_log_at_trx_commit = 2; SET GLOBAL sql_mode = ''");
  assert.deepEqual(names(Object.fromEntries(query(socket, 'SHOW GLOBAL VARIABLES'))), ['innodb_flush_log_at_trx_commit', 'sql_mode']);
});
