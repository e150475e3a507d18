// What every refused call must look like: a stable code and reason for programs, a sentence for people in their language,
// the fields and rules by name, and nothing of the inside or of a person.

import assert from 'node:assert/strict';

const CHINESE = /[\u4e00-\u9fff]/;
const INSIDE = new RegExp([
  String.raw`\b(select|insert|update|delete)\b.+\b(from|into|set|where)\b`, 'mysql|mariadb|sqlstate|errno|exception|stack trace',
  String.raw`\/(usr|tmp|home|var|etc|root)\/`, String.raw`\.(cc|h|sql|pem)\b`,
].join('|'), 'i');

const detail = (answer, type) => answer.details.find((one) => one['@type'] === `type.googleapis.com/google.rpc.${type}`);

// The violations of a refused request: { field, reason, description }.
export const violationsOf = (answer) => detail(answer, 'BadRequest')?.fieldViolations ?? [];

// `want`: { status, code, reason, field?, rule?, names?, secrets? }. One of the violations must be of that field and rule;
// names may stand in a sentence of any language, secrets in none.
export function assertRefusal(exchange, want, language) {
  const { status, answer, raw } = exchange;
  const found = `${status} ${raw}`;
  assert.equal(status, want.status, found);
  assert.deepEqual(Object.keys(answer).sort(), ['code', 'details', 'message', 'reason', 'requestId'], found);
  assert.equal(answer.code, want.code, found);
  assert.equal(answer.reason, want.reason, found);
  assert.notEqual(answer.message, '', found);
  const sentence = (want.names ?? []).reduce((text, name) => text.replaceAll(name, ''), answer.message);
  assert.equal(CHINESE.test(sentence), language !== 'en', `in ${language || 'Chinese'}: ${found}`);
  const info = detail(answer, 'ErrorInfo');
  assert.equal(info?.domain, 'wenming', found);
  assert.equal(info.reason, want.reason, found);
  if (want.field !== undefined) {
    const violation = violationsOf(answer).find(({ field, reason }) => field === want.field && reason === want.rule);
    assert.ok(violation, `${want.field} ${want.rule} is not among the violations: ${found}`);
    assert.notEqual(violation.description, '', found);
  }
  assert.doesNotMatch(raw, INSIDE, found);
  for (const secret of want.secrets ?? []) assert.ok(!raw.includes(secret), `${secret} is in ${found}`);
}
