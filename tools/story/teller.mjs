// Tells a story of calls: each step with the requests, the answers and what they prove, for people or as JSON.

import { inCounty } from './calendar.mjs';
import { Refused } from './session.mjs';

const SHOWN = 220;

const clip = (text) => (text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
const secret = (key, value) => (/^(password|newPassword|accessToken|refreshToken|secret|clientSecret)$/.test(key) ? '…' : value);
const asText = (value) => (typeof value === 'string' ? value : JSON.stringify(value, secret));

// The named fields of an answer; all of it when none is named. "a.b" reaches into objects, "list.length" counts.
function telling(answer, fields) {
  if (fields === undefined || typeof answer !== 'object') return answer;
  return Object.fromEntries(fields.map((field) => [field, field.split('.').reduce((value, key) => value?.[key], answer)]));
}

const refusalOf = ({ code, reason, message }) => ({ code, reason, message });

export class Teller {
  // `print` takes lines; give a function that drops them to be silent.
  constructor(print) {
    this.print = print;
    this.steps = [];
  }

  get failures() {
    return this.steps.flatMap(({ proofs }) => proofs.filter(({ held }) => !held));
  }

  step(title) {
    const number = this.steps.length + 1;
    this.steps.push({ number, title, exchanges: [], proofs: [] });
    this.print(`\n${number}. ${title}`);
  }

  // Shows an exchange of Session.send, with the fields of the answer that tell something.
  show(exchange, fields) {
    const { method, path, body, time, status, answer } = exchange;
    const told = status === 200 ? telling(answer, fields) : refusalOf(answer);
    this.#last.exchanges.push({ method, path, time, body: JSON.parse(JSON.stringify(body ?? null, secret)), status, answer: told });
    const at = time ? ` [${inCounty(time)}]` : '';
    this.print(`   →${at} ${method} ${path}${body === undefined ? '' : ` ${clip(asText(body))}`}`);
    this.print(`   ← ${status} ${clip(asText(told))}`);
    return exchange;
  }

  note(text) {
    this.print(`     ${text}`);
  }

  // Sends, shows and resolves with the answer; a refusal ends the story.
  async ask(session, method, path, body, fields) {
    const exchange = this.show(await session.send(method, path, body), fields);
    if (exchange.status !== 200) throw new Refused(exchange);
    return exchange.answer;
  }

  // Sends and shows what must be refused, and proves that it was, for this reason.
  async refused(session, method, path, body, reason, what) {
    const exchange = this.show(await session.send(method, path, body));
    this.proves(what, exchange.answer.reason === reason && exchange.status >= 400 && exchange.status < 500,
      `${exchange.status} ${exchange.answer.reason}`);
    return exchange.answer;
  }

  // Records whether `what` held; `found` is told where it did not.
  proves(what, held, found) {
    this.#last.proofs.push({ what, held: Boolean(held), ...(held ? {} : { found }) });
    this.print(held ? `   ✓ ${what}` : `   ✗ ${what}: ${asText(found ?? 'it is not so')}`);
  }

  get #last() {
    return this.steps[this.steps.length - 1];
  }
}
