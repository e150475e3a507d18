// The page /ops on a real stack, in a real browser: who may look, and whether what it shows changes with what happens.
// WENMING_OPS_IMAGE=docs/images/ops.png keeps a picture of it.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { paths } from '../../tools/local/services.mjs';
import { ROOT } from '../../tools/local/settings.mjs';
import { actAs } from '../../tools/story/people.mjs';
import { until } from '../../tools/story/waiting.mjs';
import { startStack } from '../support/running_stack.mjs';
import { openPage, startBrowser } from './browser.mjs';
import { Forger, bytesOf } from './forger.mjs';

const WAIT_MS = 60000;
const METRICS = '/ops/metrics';
const execute = promisify(execFile);

let stack;
let browser;
let center;
before(async () => {
  browser = await startBrowser();
  stack = await startStack({ volunteers: 20 });
  center = await stack.enter('center');
});
after(async () => {
  await browser?.close();
  await stack?.stop();
});

// Eight at a time, so that nobody waits for long on a busy machine.
async function load(requests) {
  for (let i = 0; i < requests; i += 8) {
    await Promise.all(Array.from({ length: 8 }, () => stack.session.get(`/v1/${stack.account('center').unit_name}`)));
  }
}

test('staff who may look get what all four processes say', async () => {
  await until('all to answer', async () => (await center.get(METRICS)).instances.every(({ up }) => up));
  const { instances, time } = await center.get(METRICS);
  assert.ok(Math.abs(time - Date.now() / 1000) < 60);
  assert.deepEqual(instances.map(({ target, up }) => [target, up]),
    ['org_svc', 'volunteer_svc', 'activity_svc', 'gateway'].map((name) => [name, true]));
  for (const { target, samples } of instances) {
    assert.equal(samples.wenming_ready, 1, target);
    assert.ok(Object.keys(samples).some((series) => series.startsWith('wenming_build_info{version="')), target);
    assert.ok(Object.keys(samples).length < 500, `${target} tells ${Object.keys(samples).length} series`);
    for (const series of Object.keys(samples)) assert.doesNotMatch(series, /[{,](grpc_method|grpc_service|route|method)=/);
  }
});

test('nobody else does', async () => {
  const { volunteers } = await center.get(`/v1/${stack.account('center').unit_name}/volunteers`);
  const ended = await stack.enter('center');
  assert.equal((await ended.send('GET', METRICS)).status, 200);
  await ended.post('/v1/staffSessions:logOut');
  await until('the log-out to be known', async () => (await ended.send('GET', METRICS)).status !== 200);
  const forger = new Forger(paths(stack.runDir).keys, JSON.parse(bytesOf(center.token.split('.')[1])));
  const lasting = (exp) => stack.session.as(forger.token({ payload: forger.payload({ exp }) }));
  assert.equal((await lasting(forger.now + 600).send('GET', METRICS)).status, 200, 'the token is good but for its time');
  const callers = [
    ['nobody', stack.session, 401, 'TOKEN_MISSING'],
    ['a made-up token', stack.session.as('eyJhbGciOiJub25lIn0.e30.'), 401, 'TOKEN_INVALID'],
    ['a volunteer', await actAs(stack.session, volunteers[0].name), 403, 'AUDIENCE'],
    ['a unit admin', await stack.enter('institute1'), 403, 'PERMISSION'],
    ['a team leader', await stack.enter('leader1'), 403, 'PERMISSION'],
    ['who has logged out', ended, 401, 'TOKEN_REVOKED'],
    ['a token that has expired', lasting(forger.now - 1), 401, 'TOKEN_EXPIRED'],
  ];
  for (const [who, session, status, reason] of callers) {
    const told = await session.send('GET', METRICS);
    assert.deepEqual([told.status, told.answer.reason], [status, reason], who);
    assert.doesNotMatch(told.raw, /samples|wenming_/, who);
  }
});

// Fills the page's form in, as somebody does.
async function enter(page, username, password) {
  await page.fill('input[name=username]', username);
  await page.fill('input[name=password]', password);
  await page.click('#enter');
}
const textOf = (page, selector) => page.locator(selector).innerText();
const valueOf = async (page, tile) => Number((await textOf(page, `[data-tile=${tile}] strong`)).replace(/[^\d.]/g, ''));

const LANGUAGES = {
  'zh-CN': {
    title: '文明实践 · 运行状况', fine: '一切正常', ready: '就绪', down: /服务没有响应：volunteer_svc/, runbook: /service-down\.zh-CN\.md/, refused: /权限/, chart: '响应时间',
  },
  en: {
    title: 'wenming · operations', fine: 'All is well', ready: 'ready', down: /volunteer_svc at .* does not answer/, runbook: /service-down\.md/, refused: /do not hold/, chart: 'Latency',
  },
};

for (const [language, words] of Object.entries(LANGUAGES)) {
  test(`the page is live in ${language}`, async () => {
    const { page, faults } = await openPage(browser, `${stack.record.http}/ops`, { language });
    assert.equal(await page.title(), words.title);
    assert.equal(await page.isVisible('#board'), false, 'nothing is shown to strangers');
    await enter(page, 'center', stack.account('center').password);
    await page.waitForSelector('#board:visible', { timeout: WAIT_MS });
    await page.waitForSelector('#verdict.fine', { timeout: WAIT_MS });
    assert.equal(await textOf(page, '#verdict'), words.fine);
    const rows = await page.locator('#services tbody tr').allInnerTexts();
    assert.equal(rows.length, 4);
    for (const row of rows) assert.match(row, new RegExp(`(_svc|gateway).*${words.ready}.*\\d+\\.\\d+\\.\\d+`, 's'));
    assert.deepEqual(await page.locator('#charts canvas').count(), 6);
    assert.ok((await page.locator('figcaption').allInnerTexts()).some((text) => text.startsWith(words.chart)));

    const quiet = await valueOf(page, 'requests');
    await load(120);
    await page.waitForFunction((most) => Number(document.querySelector('[data-tile=requests] strong').textContent.replace(/[^\d.]/g, '')) > most + 10,
      quiet, { timeout: WAIT_MS });
    assert.match(await textOf(page, '[data-tile=latency]'), /p99 [\d.]+ (ms|s)/);

    await page.click('#language');
    const other = LANGUAGES[language === 'en' ? 'zh-CN' : 'en'];
    assert.equal(await page.title(), other.title);
    assert.equal(await textOf(page, '#verdict'), other.fine);
    await page.click('#log-out');
    await page.waitForSelector('#door:visible');
    assert.equal(await page.isVisible('#board'), false);
    assert.deepEqual(faults, []);
    await page.context().close();
  });

  test(`whoever may not look is told so in ${language}`, async () => {
    const { page } = await openPage(browser, `${stack.record.http}/ops`, { language });
    await enter(page, 'institute1', stack.account('institute1').password);
    await page.waitForFunction(() => document.getElementById('refusal').textContent !== '', undefined, { timeout: WAIT_MS });
    assert.match(await textOf(page, '#refusal'), words.refused);
    assert.equal(await page.isVisible('#board'), false);
    await page.context().close();
  });
}

test('it shows what people do', async () => {
  const { page, faults } = await openPage(browser, `${stack.record.http}/ops`, { language: 'zh-CN', viewport: { width: 1280, height: 1060 } });
  await enter(page, 'center', stack.account('center').password);
  await page.waitForSelector('#board:visible', { timeout: WAIT_MS });
  const story = execute(process.execPath, [path.join(ROOT, 'tools/demo.mjs'), '--run-dir', stack.runDir], { maxBuffer: 1 << 26 });
  const busy = (async () => { for (let i = 0; i < 10; ++i) await load(50 + 40 * (i % 5)); })();
  await Promise.all([story, busy]);
  for (const tile of ['signUps', 'checkIns', 'hours']) {
    await page.waitForFunction((name) => /^[1-9]/.test(document.querySelector(`[data-tile=${name}] strong`)?.textContent ?? ''), tile, { timeout: WAIT_MS });
  }
  if (process.env.WENMING_OPS_IMAGE) await page.screenshot({ path: path.resolve(process.env.WENMING_OPS_IMAGE) });
  assert.deepEqual(faults, []);
  await page.context().close();
});

test('the page goes on where nobody who follows events is up', async () => {
  for (const service of ['volunteer_svc', 'activity_svc']) stack.kill(service);
  const { page, faults } = await openPage(browser, `${stack.record.http}/ops`, { language: 'en' });
  await enter(page, 'center', stack.account('center').password);
  for (const service of ['volunteer_svc', 'activity_svc']) await page.waitForSelector(`tr.down[data-target=${service}]`, { timeout: WAIT_MS });
  await stack.revive();
  await page.waitForSelector('#verdict.fine', { timeout: WAIT_MS });
  assert.deepEqual(faults, []);
  await page.context().close();
});

test('a service that dies is named until it is back', async () => {
  const opened = await Promise.all(Object.entries(LANGUAGES).map(async ([language, words]) => {
    const { page } = await openPage(browser, `${stack.record.http}/ops`, { language });
    await enter(page, 'center', stack.account('center').password);
    await page.waitForSelector('#verdict.fine', { timeout: WAIT_MS });
    return [page, words];
  }));
  stack.kill('volunteer_svc');
  for (const [page, { down, runbook }] of opened) {
    await page.waitForSelector('tr.down[data-target=volunteer_svc]', { timeout: WAIT_MS });
    assert.match(await textOf(page, '#verdict'), down);
    assert.match(await textOf(page, '#verdict'), runbook);
  }
  await stack.revive();
  for (const [page] of opened) {
    await page.waitForSelector('tr.ready[data-target=volunteer_svc]', { timeout: WAIT_MS });
    await page.context().close();
  }
});
