// Which settings of a database lose what it has acknowledged, or let wrong values in, and why.

const on = (value) => value === 'ON' || value === '1';
const strict = (value) => value.includes('STRICT_TRANS_TABLES') || value.includes('STRICT_ALL_TABLES');

// A setting that the server does not have is not judged: MySQL 8, MariaDB and TiDB differ in some.
const RULES = [
  { name: 'innodb_flush_log_at_trx_commit', safe: (value) => value === '1', should: '1',
    why: 'a crash loses up to a second of acknowledged commits' },
  { name: 'innodb_flush_method', safe: (value) => !/nosync/i.test(value) && value !== 'O_DIRECT_NO_FSYNC', should: 'O_DIRECT',
    why: 'a power cut loses what was never flushed to the disk' },
  { name: 'innodb_doublewrite', safe: (value) => value !== 'OFF' && value !== '0', should: 'ON',
    why: 'a power cut in the middle of a page leaves it torn, and nothing can repair it' },
  { name: 'sync_binlog', safe: (value, all) => !on(all.log_bin ?? 'OFF') || value === '1', should: '1',
    why: 'after a crash the binary log lacks commits: replicas and a restore to a point in time lose them' },
  { name: 'default_storage_engine', safe: (value) => value === 'InnoDB', should: 'InnoDB',
    why: 'a table of another engine has no transactions' },
  { name: 'sql_mode', safe: strict, should: 'with STRICT_TRANS_TABLES', why: 'values that do not fit are cut instead of refused' },
];

// { name, value, should, why } of each unsafe one among `all`, the global variables by name.
export const unsafeSettings = (all) => RULES.filter(({ name, safe }) => all[name] !== undefined && !safe(all[name], all))
  .map(({ name, should, why }) => ({ name, value: all[name], should, why }));

// Whether a restore can go to a point in time; otherwise it ends with the last backup.
export const hasBinaryLog = (all) => on(all.log_bin ?? 'OFF');
