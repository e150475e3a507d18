// Keys are rotated under a stack that works: nobody is logged out, nothing becomes unreadable, and the old key can go.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { ROOT } from '../../tools/local/settings.mjs';
import { paths } from '../../tools/local/services.mjs';
import { readGenerations } from '../../tools/rotation/data.mjs';
import { keyHolders, samples } from '../../tools/rotation/metrics.mjs';
import { calendarFrom } from '../../tools/story/calendar.mjs';
import { actAs } from '../../tools/story/people.mjs';
import { startStack } from '../support/running_stack.mjs';

const VOLUNTEERS = 40;

let stack;
before(async () => { stack = await startStack({ volunteers: VOLUNTEERS }); });
after(() => stack?.stop());

const wenming = (...args) => promisify(execFile)(path.join(ROOT, 'wenming'), [...args, '--run-dir', stack.runDir], { timeout: 300000 });
const rotate = (...args) => wenming('rotate-keys', ...args);

test('data and token keys are rotated while people work', async () => {
  const center = await stack.enter('center');
  const list = () => center.get(`/v1/${stack.account('center').unit_name}/volunteers?pageSize=1000`);
  const before = await list();
  assert.ok(before.volunteers.length >= VOLUNTEERS);

  let reading = true;
  const reader = (async () => {
    while (reading) assert.deepEqual(await list(), before, 'every answer is what it was');
  })();
  await rotate('data');
  await rotate('tokens');
  await rotate('data', '--retire', '--longest-transaction', '10');
  reading = false;
  await reader;

  assert.deepEqual(readGenerations(paths(stack.runDir).keys).map(({ generation }) => generation), [2]);
  const left = await Promise.all(keyHolders(stack.record).map((service) => samples(service, 'wenming_reseal_rows_left')));
  assert.ok(left.flat().length > 0 && left.flat().every(({ value }) => value === 0));
  assert.deepEqual(await (await stack.enter('center')).get('/v1/units?pageSize=1').then(({ units }) => units.length), 1);
  assert.deepEqual(await list(), before);
});

const kidOf = (statement) => JSON.parse(Buffer.from(statement.split('.')[0], 'base64url')).kid;
const BROWSER = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

test('what an older key signed stays good, and the next certificate carries the new one', async () => {
  await wenming('demo');
  // The story plays in the days to come; so do its hours.
  const afterwards = calendarFrom(new Date())(20, '09:00');
  const center = (await stack.enter('center')).at(afterwards);
  const { lines } = await center.post(`/v1/${stack.account('station1').unit_name}/certificates:batchCreate`, {});
  const { volunteer, certificate } = lines.find((line) => line.certificate && !line.minor);
  const self = (await actAs(stack.session, volunteer)).at(afterwards);

  const statementOf = async (name) => (await self.send('GET', `/v1/${name}:jws`)).raw;
  const keysNow = () => stack.session.get('/v1/certificates:keys');
  const verify = (statement, keys) => {
    const file = path.join(stack.directory, 'statement');
    fs.writeFileSync(file, statement);
    fs.writeFileSync(`${file}.keys`, JSON.stringify(keys));
    return wenming('verify-certificate', file, '--keys', `${file}.keys`);
  };
  const old = await statementOf(certificate);
  const paper = (await self.send('GET', `/v1/${certificate}:pdf`)).raw;
  const keysBefore = await keysNow();
  assert.deepEqual(keysBefore.keys.map(({ kid }) => kid), [kidOf(old)]);

  await rotate('certificates');
  const drawn = await self.post(`/v1/${volunteer}/certificates`, {});
  const fresh = await statementOf(drawn.name);
  assert.notEqual(kidOf(fresh), kidOf(old));
  for (const retired of [false, true]) {
    if (retired) await rotate('certificates', '--retire');
    const keys = await keysNow();
    assert.deepEqual(keys.keys.map(({ kid }) => kid), [kidOf(fresh), kidOf(old)], 'newest first');
    for (const statement of [old, fresh]) await verify(statement, keys);
    assert.equal(await statementOf(certificate), old);
    assert.equal((await self.send('GET', `/v1/${certificate}:pdf`)).raw, paper, 'the same bytes as before');
    assert.equal(kidOf(await statementOf((await self.post(`/v1/${volunteer}/certificates`, {})).name)), kidOf(fresh));
  }
  await assert.rejects(verify(fresh, keysBefore), /None of the keys/);
  await verify(old, keysBefore);

  // The link of either, as a program and as a phone opens it.
  for (const { verifyPath, serial } of [await self.get(`/v1/${certificate}`), drawn]) {
    assert.equal((await stack.session.get(verifyPath)).state, 'STATE_ISSUED');
    const page = await fetch(stack.session.base + verifyPath, { headers: BROWSER });
    assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8');
    assert.match(page.headers.get('content-security-policy'), /^default-src 'none'/);
    const shown = await page.text();
    assert.ok(shown.includes('✓ 有效') && shown.includes(serial), shown);
  }
  await center.post(`/v1/${certificate}:revoke`, { reason: '时长有误' });
  const { verifyPath } = await self.get(`/v1/${certificate}`);
  assert.match((await stack.session.send('GET', verifyPath, undefined, BROWSER)).raw, /已撤销/);
  await verify(old, await keysNow());
});

test('a service does not serve with a key that was made anew beside its database', async () => {
  const { keys } = paths(stack.runDir);
  for (const file of ['data.key', 'index.key']) {
    stack.kill('volunteer_svc');
    const aside = `${path.join(keys, file)}.aside`;
    fs.renameSync(path.join(keys, file), aside);
    // Makes the missing one anew, under the first generation, as it does for a new stack.
    await promisify(execFile)(path.join(ROOT, 'tools/make_keys.sh'), [keys]);
    await assert.rejects(stack.revive(), new RegExp(`${file} is not the one this database was written with`));
    fs.renameSync(aside, path.join(keys, file));
    await stack.revive();
  }
  const center = await stack.enter('center');
  const { volunteers } = await center.get(`/v1/${stack.account('center').unit_name}/volunteers?pageSize=1000`);
  assert.ok(volunteers.length >= VOLUNTEERS);
});
