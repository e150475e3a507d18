// Every bad input gets a 4xx that names the field and the rule, in the caller's language; nothing is written.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { draft, move } from '../../tools/story/activities.mjs';
import { actAs, consentDocuments } from '../../tools/story/people.mjs';
import { onceKnown } from '../../tools/story/waiting.mjs';
import { startStack } from '../support/running_stack.mjs';
import { CASES } from './bad_input_cases.mjs';
import { fingerprint } from './database_state.mjs';
import { assertRefusal } from './refusal.mjs';

const PLAN = {
  title: '读书会', content: '共读一本书', method: 'METHOD_TEACH', themes: ['policy'], place: '农家书屋',
  shifts: [{ post: '领读', startTime: '2031-05-01T01:00:00Z', endTime: '2031-05-01T03:00:00Z', capacity: 5 }],
};

let stack;
let callers;
let fixture;

before(async () => {
  stack = await startStack({ volunteers: 2 });
  const { session } = stack;
  const [head, center, institute1] = await Promise.all(['station1', 'center', 'institute1'].map((login) => stack.enter(login)));
  const unitOf = (login) => stack.account(login).unit_name;
  const { volunteers } = await center.get(`/v1/${unitOf('center')}/volunteers`);
  const volunteer = await actAs(session, volunteers[0].name);
  callers = { anonymous: session, head, center, volunteer, admin: center, forged: session.as('eyJhbGciOiJub25lIn0.e30.') };
  const open = await onceKnown('the station to be known', () => draft(head, unitOf('station1'), PLAN));
  await move(head, open.activity.name, 'SUBMIT');
  await move(institute1, open.activity.name, 'PUBLISH');
  const planned = await draft(head, unitOf('station1'), PLAN);
  fixture = {
    station: unitOf('station1'), otherStation: unitOf('station3'), institute: unitOf('institute1'),
    draft: planned.activity.name, shift: open.shifts[0].name, otherVolunteer: volunteers[1].name,
  };
});
after(() => stack?.stop());

test('every bad input is refused in the caller’s language, and nothing is written', async (t) => {
  const socket = stack.record.database.socket;
  const untouched = fingerprint(socket);
  for (const { title, as, headers, send, want, chineseOnly } of CASES) {
    await t.test(title, async () => {
      for (const language of chineseOnly ? [''] : ['', 'en', 'en-GB,en;q=0.9,zh;q=0.1']) {
        const [method, path, body] = send(fixture);
        const exchange = await callers[as].in(language).send(method, path, body, headers);
        assertRefusal(exchange, want, language.slice(0, 2));
      }
    });
  }
  assert.deepEqual(fingerprint(socket), untouched);
});

test('a search that would be SQL finds nothing', async () => {
  const { units } = await stack.session.get(`/v1/units?query=${encodeURIComponent("' OR '1'='1")}`);
  assert.deepEqual(units, []);
});

test('a request id that was used for something else is refused, and the first answer stays', async () => {
  const { head } = callers;
  const path = `/v1/${fixture.station}/activities`;
  const { shifts, ...activity } = PLAN;
  const first = await head.post(path, { activity, requestId: 'bad-input-0001' });
  const other = await head.send('POST', path, { activity: { ...activity, title: '另一个读书会' }, requestId: 'bad-input-0001' });
  const reused = 'REQUEST_ID_REUSED';
  assertRefusal(other, { status: 400, code: 'INVALID_ARGUMENT', reason: reused, field: 'request_id', rule: reused }, '');
  assert.equal((await head.post(path, { activity, requestId: 'bad-input-0001' })).name, first.name);
});

test('a person is registered once, and the refusal does not tell who has the number', async () => {
  const { head } = callers;
  const person = {
    displayName: '测试乙', idType: 'ID_TYPE_PASSPORT', idNumber: 'E87654321', phone: '12400004321',
    birthDate: { year: 1990, month: 1, day: 1 },
  };
  const documents = await consentDocuments(head, fixture.station);
  const form = { volunteer: person, consentDocuments: ['KIND_PERSONAL_DATA', 'KIND_SENSITIVE_DATA'].map((kind) => documents.get(kind)) };
  await head.post(`/v1/${fixture.station}/volunteers`, form);
  const twin = { ...form, volunteer: { ...person, phone: '12400004322' } };
  const again = await head.send('POST', `/v1/${fixture.station}/volunteers`, twin);
  const secrets = [person.idNumber, person.displayName, person.phone];
  assertRefusal(again, { status: 409, code: 'ALREADY_EXISTS', reason: 'ID_NUMBER_TAKEN', secrets }, '');
});
