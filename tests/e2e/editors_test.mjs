// Two people edit one resource by the conditions of HTTP: nobody writes over what he has not seen, and nobody is sent what he
// has. One resource of each service.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startStack } from '../support/running_stack.mjs';

let stack;
let center;
let station;
before(async () => {
  stack = await startStack({ volunteers: 0 });
  [center, station] = await Promise.all([stack.enter('center'), stack.enter('station1')]);
});
after(() => stack?.stop());

async function exchange(session, method, path, { body, ...conditions } = {}) {
  const content = body && { 'content-type': 'application/json' };
  const response = await fetch(session.base + path,
    { method, headers: session.headers({ ...content, ...conditions }), body: body && JSON.stringify(body) });
  const text = await response.text();
  return { status: response.status, etag: response.headers.get('etag'), text, answer: text && JSON.parse(text) };
}

const unitOf = (login) => stack.account(login).unit_name;
const RESOURCES = [
  { what: 'a unit', path: () => unitOf('station1'), other: () => station, field: 'address', values: ['虹通路 1 号', '虹通路 2 号'] },
  { what: 'the issuer of certificates', path: () => `${unitOf('center')}/certificateIssuer`, other: () => center, field: 'handler', values: ['甲', '乙'] },
  { what: 'a policy', path: () => `${unitOf('center')}/policy`, other: () => center, field: 'offerMinutes', values: [90, 100] },
];

for (const { what, path, other, field, values: [theirs, ours] } of RESOURCES) {
  test(`the slower of two editors of ${what} is told so`, async () => {
    const target = `/v1/${path()}`;
    const seen = await exchange(center, 'GET', target);
    assert.equal(seen.status, 200);
    assert.match(seen.etag, /^(W\/)?"[^"]+"$/);
    const faster = await exchange(other(), 'PATCH', target, { body: { [field]: theirs }, 'if-match': seen.etag });
    assert.equal(faster.status, 200, faster.text);
    assert.notEqual(faster.etag, seen.etag);

    const slower = await exchange(center, 'PATCH', target, { body: { [field]: ours }, 'if-match': seen.etag });
    assert.equal(slower.status, 412, slower.text);
    assert.deepEqual([slower.answer.code, slower.answer.reason], ['ABORTED', 'ETAG_MISMATCH']);
    // The same said in the body, without the condition of HTTP, is a conflict.
    const inBody = await exchange(center, 'PATCH', target, { body: { [field]: ours, etag: seen.answer.etag } });
    assert.deepEqual([inBody.status, inBody.answer.reason], [409, 'ETAG_MISMATCH']);

    const again = await exchange(center, 'GET', target);
    assert.equal(again.answer[field], theirs, 'nothing was written over');
    const second = await exchange(center, 'PATCH', target, { body: { [field]: ours }, 'if-match': again.etag });
    assert.deepEqual([second.status, second.answer[field]], [200, ours]);
  });

  test(`who has ${what} already is not sent it`, async () => {
    const target = `/v1/${path()}`;
    const { etag, answer } = await exchange(center, 'GET', target);
    const unchanged = await exchange(center, 'GET', target, { 'if-none-match': etag });
    assert.deepEqual([unchanged.status, unchanged.text, unchanged.etag], [304, '', etag]);
    const elsewise = answer[field] === ours ? theirs : ours;
    assert.equal((await exchange(other(), 'PATCH', target, { body: { [field]: elsewise } })).status, 200);
    const changed = await exchange(center, 'GET', target, { 'if-none-match': etag });
    assert.deepEqual([changed.status, changed.answer[field]], [200, elsewise]);
    assert.notEqual(changed.etag, etag);
  });
}
