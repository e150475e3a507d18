// A failure that the person at the terminal can act on: what is wrong, and what to do about it.

import fs from 'node:fs';

export class Problem extends Error {
  constructor(what, remedy = '') {
    super(what);
    this.remedy = remedy;
  }
}

const paint = (stream, code, text) => (stream.isTTY ? `\x1b[${code}m${text}\x1b[0m` : text);

export const step = (text) => console.log(`${paint(process.stdout, 1, '==>')} ${text}`);
export const good = (text) => console.log(`${paint(process.stdout, 32, ' ok')} ${text}`);
export const green = (text) => paint(process.stdout, 32, text);
export const red = (text) => paint(process.stdout, 31, text);

// Runs a command's main; a Problem becomes a message and exit status 1, anything else is our own fault and keeps its stack.
export async function run(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    console.error(`${paint(process.stderr, 31, 'error:')} ${error.message}`);
    if (error.remedy) console.error(`       ${error.remedy}`);
    process.exitCode = 1;
  }
}

// The last lines of a log, indented, for a message; '' when there is none.
export function tail(file, lines = 12) {
  if (!fs.existsSync(file)) return '';
  const text = fs.readFileSync(file, 'utf8').trimEnd();
  return text === '' ? '' : text.split('\n').slice(-lines).map((line) => `    ${line}`).join('\n');
}
