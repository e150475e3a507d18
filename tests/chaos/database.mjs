// Reads the tables of a running stack without standing in the way of the clients, which share this process.

import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

// Runs SQL as the database's administrator; rows as arrays of strings, "NULL" where there is nothing.
export async function query(socket, sql) {
  const client = spawn('mariadb', ['--no-defaults', `--socket=${socket}`, '--user=root', '--batch', '--skip-column-names', '--raw']);
  const ended = new Promise((resolve, reject) => {
    client.on('error', reject);
    client.on('close', resolve);
  });
  client.stdin.on('error', () => {});  // the client ended early: its status says so
  client.stdin.end(sql);
  const [status, out, complaint] = await Promise.all([ended, text(client.stdout), text(client.stderr)]);
  if (status !== 0) throw new Error(`the database refused: ${complaint.trim()}`);
  return out.split('\n').filter((line) => line !== '').map((line) => line.split('\t'));
}

// The same at one moment for several statements; an array of rows for each. The statements select no text.
export async function atOneMoment(socket, statements) {
  const script = statements.map((statement, i) => `SELECT 'statement ${i}'; ${statement};`).join('\n');
  const rows = await query(socket, `START TRANSACTION WITH CONSISTENT SNAPSHOT;\n${script}\nCOMMIT;`);
  const answers = [];
  for (const row of rows) {
    if (row[0] === `statement ${answers.length}`) answers.push([]);
    else answers.at(-1).push(row);
  }
  return answers;
}

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

// "registrations/01H…" from a collection and an id as the database prints it; null for NULL and 0.
export function nameOf(collection, id) {
  if (id === 'NULL' || id === '0') return null;
  let text = '';
  for (let rest = BigInt(id); text.length < 13; rest >>= 5n) text = ALPHABET[Number(rest & 31n)] + text;
  return `${collection}/${text}`;
}
