// Imports over HTTP: a dry run writes nothing, bad rows are told one by one and nothing of the file is written.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startStack } from '../support/running_stack.mjs';
import { fingerprint } from './database_state.mjs';

const HEADER = 'code,level,parent_code,name,division_code,opened_date';
const TEAMS = 'code,tier,parent_code,unit_code,name,specialty';

let stack;
let center;
before(async () => {
  stack = await startStack({ volunteers: 0 });
  center = await stack.enter('center');
});
after(() => stack?.stop());

const csv = (...lines) => Buffer.from(`${lines.join('\n')}\n`).toString('base64');
const importUnits = (lines, more) => center.post('/v1/units:import', { csv: csv(HEADER, ...lines), ...more });
const state = () => fingerprint(stack.record.database.socket);

test('a dry run says what would happen and writes nothing', async () => {
  const before_ = state();
  const report = await importUnits(['HT-N1,STATION,HT-141024100,新站一,,', 'HT,CENTER,,洪洞县文明中心,141024000000,2019-05-29'], { dryRun: true });
  assert.deepEqual([report.created, report.updated, report.errors.length, report.dryRun], [1, 1, 0, true]);
  assert.deepEqual(state(), before_);
});

test('each bad row is told with its column and reason, and no row is written', async () => {
  const before_ = state();
  const report = await importUnits([
    'HT-N1,STATION,HT-141024100,好的一行,,',
    'HT-N2,STATION,HT-999,上级不存在,,',
    'HT-N3,VILLAGE,HT-141024100,级别不存在,,',
    'HT-N4,STATION,HT,跨级,,',
    'HT-N5,STATION,HT-141024100,日期不对,,2026-02-30',
    'HT-N6,STATION,HT-141024100,区划代码不对,1410,',
    'HT-N7,STATION,HT-141024100,,,',
    'HT-N8,STATION,HT-141024100,第一次,,',
    'HT-N8,STATION,HT-141024100,第二次,,',
    "X'; DROP TABLE units; --,STATION,HT-141024100,编码不对,,",
    'HT-N9,STATION,HT-141024100',
  ]);
  const told = report.errors.map(({ row, column, reason }) => `${row} ${column} ${reason}`);
  const expected = ['2 parent_code UNKNOWN_REFERENCE', '3 level UNKNOWN_VALUE', '4 parent_code PARENT_LEVEL', '5 opened_date BAD_FORMAT',
    '6 division_code BAD_FORMAT', '7 name REQUIRED', '9 code DUPLICATE_CODE', '10 code BAD_FORMAT'];
  for (const line of expected) assert.ok(told.includes(line), `${line} is not among\n${told.join('\n')}`);
  assert.ok(report.errors.some(({ row }) => row === 11), 'the short row is told');
  assert.ok(!report.errors.some(({ row }) => row === 1), 'the good row is not');
  for (const { message } of report.errors) assert.match(message, /[\u4e00-\u9fff]/);
  assert.deepEqual(state(), before_);
});

test('the messages come in English for who asks for it', async () => {
  const { errors } = await center.in('en').post('/v1/units:import', { csv: csv(HEADER, 'HT-N2,STATION,HT-999,Nowhere,,') });
  assert.equal(errors.length, 1);
  assert.doesNotMatch(errors[0].message, /[\u4e00-\u9fff]/);
});

test('a file that is no such table is told as such', async () => {
  const before_ = state();
  for (const text of ['a,b,c\n1,2,3\n', '', `${HEADER}\n"HT-N1,STATION\n`, `${HEADER}\nHT-N1,STATION,HT-141024100,\xff\xfe,,\n`]) {
    const exchange = await center.send('POST', '/v1/units:import', { csv: Buffer.from(text, 'latin1').toString('base64') });
    const refused = exchange.status === 400 || (exchange.status === 200 && exchange.answer.errors.length > 0);
    assert.ok(refused, `${JSON.stringify(text)}: ${exchange.raw}`);
  }
  assert.deepEqual(state(), before_);
});

test('teams are checked likewise', async () => {
  const before_ = state();
  const { errors } = await center.post('/v1/teams:import', {
    center: stack.account('center').unit_name,
    csv: csv(TEAMS, 'T-900,SQUAD,T-0,HT,小分队不能直属总队,', 'T-901,SPECIAL,T-404,HT,上级不存在,', 'T-902,SQUAD,T-01,HT-404,单位不存在,'),
  });
  const told = errors.map(({ row, column, reason }) => `${row} ${column} ${reason}`);
  assert.deepEqual(errors.map(({ row }) => row), [1, 2, 3], told.join('\n'));
  assert.deepEqual(errors.map(({ reason }) => reason), ['TEAM_SHAPE', 'UNKNOWN_REFERENCE', 'UNKNOWN_REFERENCE'], told.join('\n'));
  assert.deepEqual(state(), before_);
});

test('importing what is there changes nothing', async () => {
  const report = await importUnits(['HT,CENTER,,洪洞县新时代文明实践中心,141024000000,2019-05-29']);
  assert.deepEqual([report.created, report.updated, report.unchanged], [0, 0, 1]);
});
