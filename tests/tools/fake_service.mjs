#!/usr/bin/env node
// Stands in for a service or the gateway: takes their flags, listens where they would, says that it is ready as they do.
// With --migrate it writes a line to FAKE_DIR/migrations and ends, with --verify-audit or --verify-ledger it says
// something and ends, with --check-database it finds nothing;
// FAKE_DIR/refuse holds the names of those that must fail, FAKE_DIR/refuse_migration of those that cannot migrate.

import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';

const [name, ...args] = process.argv.slice(2);
const flag = (wanted) => {
  const joined = args.find((arg) => arg.startsWith(`--${wanted}=`));
  return joined ? joined.slice(wanted.length + 3) : args[args.indexOf(`--${wanted}`) + 1];
};
const directory = process.env.FAKE_DIR;
const refuse = path.join(directory, 'refuse');
const refuseMigration = path.join(directory, 'refuse_migration');

if (args.includes('--migrate')) {
  if (fs.existsSync(refuseMigration) && fs.readFileSync(refuseMigration, 'utf8').includes(name)) {
    console.error(`${name}: no migration, as told`);
    process.exit(1);
  }
  fs.appendFileSync(path.join(directory, 'migrations'), `${name} ${flag('db-schema')}\n`);
  process.exit(0);
}
if (fs.existsSync(refuse) && fs.readFileSync(refuse, 'utf8').includes(name)) {
  (args.includes('--verify-audit') ? console.log : console.error)(`${name}: refusing, as told`);
  process.exit(1);
}
if (args.includes('--check-database')) process.exit(0);
if (args.includes('--verify-audit')) {
  console.log(`${name}: in order`);
  process.exit(0);
}

if (args.includes('--verify-ledger')) {
  const fault = path.join(directory, 'ledger_fault');
  const altered = fs.existsSync(fault);
  console.log(JSON.stringify({ accounts: 2, entries: 9, fault: altered ? JSON.parse(fs.readFileSync(fault, 'utf8')) : null }));
  process.exit(altered ? 1 : 0);
}

const listen = (server, address) => server.listen(Number(address.split(':')[1]), address.split(':')[0]);
listen(net.createServer(), flag('grpc'));
if (name === 'gateway') listen(http.createServer((_, answer) => answer.end('{}')), flag('http'));
listen(http.createServer((_, answer) => answer.end('wenming_ready 1\n')), flag('metrics'));
process.on('SIGTERM', () => process.exit(0));
