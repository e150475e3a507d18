// Every method, called by every role about what stands at every place: what is reached is what tests/access/matrix.csv says,
// before and after a subtree has moved, and no answer names what its reader does not reach.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { until } from '../../tools/story/waiting.mjs';
import { startStack } from '../support/running_stack.mjs';
import { REQUESTS } from './requests.mjs';
import { field, unary } from '../e2e/grpc_client.mjs';
import { BACK_ENDS, BELOW, PLACES, World } from './world.mjs';

const NOT_FOUND = 5;
const INTERNAL = 13;
const UNAVAILABLE = 14;
const REFUSED = ['PERMISSION', 'AUDIENCE', 'NOT_YOURS', 'TOKEN_MISSING'];
// Tokens that stand in no center; where there are two, a resource is in none of them.
const OF_NO_CENTER = ['anonymous', 'service', 'system_admin', 'security_admin'];
// Bound to U, so that they reach U and B alone.
const OF_U = ['unit_admin', 'team_leader', 'auditor'];

const [head, ...lines] = fs.readFileSync(new URL('matrix.csv', import.meta.url), 'utf8').trim().split('\n')
  .map((line) => line.split(','));
const MATRIX = lines.map((cells) => Object.fromEntries(cells.map((cell, i) => [head[i], cell])));
const ROLES = head.slice(4).filter((role) => !BACK_ENDS.includes(role));
const isPublic = (method) => MATRIX.find((row) => row.method === method).anonymous === 'yes';

let stack;
let world;

before(async () => {
  stack = await startStack();
  world = new World(stack);
  await world.build();
});
after(() => stack?.stop());

// 'reached' when the method's own rules have the word, 'refused' when the caller may not ask.
async function ask(caller, method, place) {
  const [verb, where, body] = REQUESTS[method](world.at[place], world, caller);
  const { status, answer, raw } = await world.anew(world.callers[caller]).send(verb, where, body, REQUESTS[method].headers);
  const told = `${method} by ${caller} at ${place}: ${verb} ${where} → ${status} ${raw.slice(0, 300)}`;
  assert.ok(status < 500, told);
  if (OF_U.includes(caller) && status === 200 && !isPublic(method)) {
    for (const beyond of ['C', 'S', 'O']) {
      for (const name of world.secretsOf(beyond)) assert.ok(!raw.includes(name), `${told} names ${name} of ${beyond}`);
    }
  }
  // What is of a center that the call does not stand in is as good as not there.
  const elsewhere = OF_NO_CENTER.includes(caller) || (place === 'O') !== (caller === 'other_admin');
  if (status === 404 && elsewhere) return { outcome: 'unknown', told };
  if (REFUSED.includes(answer?.reason)) return { outcome: 'refused', told };
  const good = status === 200 || ['FAILED_PRECONDITION', 'ALREADY_EXISTS', 'ABORTED'].includes(answer.code)
    || REQUESTS[method].expects?.includes(answer.reason);
  return { outcome: good ? 'reached' : 'asked badly', told };
}

async function expectReached(caller, method, place) {
  const { outcome, told } = await ask(caller, method, place);
  assert.ok(['reached', 'unknown'].includes(outcome), `${outcome}: ${told}`);
}
async function expectRefused(caller, method, place) {
  const { outcome, told } = await ask(caller, method, place);
  assert.ok(['refused', 'unknown'].includes(outcome), `${outcome}: ${told}`);
}

const served = MATRIX.filter(({ method }) => REQUESTS[method]);
const placesOf = (cell) => (cell === 'any' ? PLACES : PLACES.filter((place) => cell.includes(place)));

test('every method of the matrix has a request, and no other', () => {
  assert.deepEqual(MATRIX.map(({ method }) => method).filter((method) => !(method in REQUESTS)), []);
  const known = MATRIX.map(({ method }) => method);
  assert.deepEqual(Object.keys(REQUESTS).filter((method) => !known.includes(method)), []);
});

test('every role reaches what the matrix says, and nothing else', async (t) => {
  for (const row of served) {
    await t.test(row.method, async () => {
      for (const role of ROLES) {
        const reached = placesOf(row[role]);
        const { mine } = REQUESTS[row.method];
        for (const place of mine ? ['U'] : PLACES) {
          if (mine ? reached.length > 0 : reached.includes(place)) await expectReached(role, row.method, place);
          else await expectRefused(role, row.method, place);
        }
      }
    });
  }
});

test('volunteers reach what is theirs, and services and strangers what is everybody’s', async (t) => {
  for (const row of served) {
    await t.test(row.method, async () => {
      const anyone = row.anonymous === 'yes' ? expectReached : expectRefused;
      await anyone('anonymous', row.method, 'U');
      await (row.service === 'yes' ? expectReached : expectRefused)('service', row.method, 'U');
      const [, where] = REQUESTS[row.method](world.at.U, world, 'volunteer');
      const self = where.includes(world.at.U.spareVolunteer) ? world.at.U.spareVolunteer : world.at.U.volunteer;
      world.callers.volunteer = world.asVolunteer(self, 'U');
      await (row.volunteer === 'yes' ? expectReached : expectRefused)('volunteer', row.method, 'U');
      const ofAll = row.anonymous === 'yes' || REQUESTS[row.method].mine;
      if (row.volunteer === 'yes' && !ofAll) await expectRefused('volunteer', row.method, 'S');
    });
  }
});

// A back end calls by gRPC, on a certificate that the edge has seen: here, what the edge makes of that goes to the service. The
// first field of what back ends may ask is the name; updates, which have a resource there, are asked without.
async function askAsBackEnd(role, method, place) {
  const [verb, where] = REQUESTS[method](world.at[place], world, role);
  const [name] = where.match(/(?<=^\/v1\/)\w+\/\w+(\/(hourAccount|policy))?/) ?? [];
  const { grpc } = stack.record.services[`${method.split('.')[1]}_svc`];
  const path = `/${method.replace(/\.(\w+)$/, '/$1')}`;
  const { rest = Buffer.alloc(0) } = REQUESTS[method];
  const asked = name && verb !== 'PATCH' ? Buffer.concat([field(1, name), rest]) : Buffer.alloc(0);
  const { status, headers } = await unary(grpc, path, asked, world.asBackEnd(role));
  const details = Buffer.from(headers['grpc-status-details-bin'] ?? '', 'base64').toString();
  const told = `${method} by ${role} at ${place}: ${status} ${details}`;
  assert.ok(status !== INTERNAL && status !== UNAVAILABLE, told);
  if (status === NOT_FOUND && place === 'O') return { outcome: 'unknown', told };
  return { outcome: REFUSED.some((reason) => details.includes(reason)) ? 'refused' : 'reached', told };
}

test('back ends reach what the matrix says, and nothing else', async (t) => {
  for (const row of served.filter(({ anonymous }) => anonymous !== 'yes')) {
    await t.test(row.method, async () => {
      for (const role of BACK_ENDS) {
        const reached = placesOf(row[role]);
        for (const place of PLACES) {
          const want = reached.includes(place) ? ['reached'] : ['refused', 'unknown'];
          const { outcome, told } = await askAsBackEnd(role, row.method, place);
          assert.ok(want.includes(outcome), `${outcome}: ${told}`);
        }
      }
    });
  }
});

// What each list says about a place, to a caller.
async function listed(caller, place, collection, field) {
  const all = await world.callers[caller].list(`/v1/${world.at[place].unit}/${collection}?`, field);
  return all.map(({ name }) => name);
}

test('lists hold what stands below the unit, and nothing else', async () => {
  const readers = [['center_admin', 'C'], ['unit_admin', 'U'], ['auditor', 'U'], ['unit_admin', 'B'], ['other_admin', 'O']];
  const lists = [['volunteers', 'volunteers', 'volunteer'], ['staff', 'staffMembers', 'staff']];
  for (const [caller, place] of readers) {
    for (const [collection, field, kind] of lists) {
      const names = await listed(caller, place, collection, field);
      assert.ok(names.includes(world.at[place][kind]), `${collection} of ${place}`);
      for (const other of PLACES.filter((one) => !BELOW[place].includes(one))) {
        assert.ok(!names.includes(world.at[other][kind]), `${collection} of ${place} hold those of ${other}`);
      }
    }
  }
});

test('a page token is good for the query that gave it, and gives nobody what he does not reach', async () => {
  const { center_admin: admin, sibling_admin: sibling } = world.callers;
  const page = (unit, collection, token) => `/v1/${unit}/${collection}?pageSize=1&pageToken=${encodeURIComponent(token)}`;
  const { U, S } = world.at;
  const tokens = {};
  for (const collection of ['volunteers', 'staff', 'activities']) {
    ({ nextPageToken: tokens[collection] } = await admin.get(page(U.unit, collection, '')));
    if (!tokens[collection]) continue;
    assert.equal((await admin.send('GET', page(U.unit, collection, tokens[collection]))).status, 200);
    const token = tokens[collection];
    const altered = [...token].map((c, at) => token.slice(0, at) + (c === 'A' ? 'B' : 'A') + token.slice(at + 1));
    const ofThis = [...altered, `${token}A`, token.slice(1)].map((bad) => [U.unit, bad]);
    for (const [unit, bad] of [[S.unit, token], ...ofThis]) {
      const { status, answer } = await admin.send('GET', page(unit, collection, bad));
      assert.deepEqual([status, answer.reason], [400, 'BAD_PAGE_TOKEN'], `${collection}: ${bad}`);
    }
  }
  assert.ok(tokens.volunteers && tokens.staff);
  const { answer } = await admin.send('GET', page(U.unit, 'volunteers', tokens.staff));
  assert.equal(answer.reason, 'BAD_PAGE_TOKEN');
  for (const collection of ['volunteers', 'staff']) {
    const stolen = await sibling.send('GET', page(U.unit, collection, tokens[collection]));
    assert.deepEqual([stolen.status, stolen.answer.reason], [403, 'PERMISSION'], collection);
  }
});

// What updates change: the resource, a good change, and fields that no caller sets, with a value each.
const create_time = '2001-01-01T00:00:00Z';
const UPDATES = [
  ['unit', { address: '新街' }, { state: 'STATE_DELETED', parent: 'S', code: 'W-EVIL', level: 'LEVEL_CENTER', create_time }],
  ['team', { displayName: '新队' }, { state: 'STATE_DELETED', unit: 'S', code: 'W-EVIL', tier: 'TIER_GENERAL', create_time }],
  ['volunteer', { residence: '新街' },
    { state: 'STATE_ERASED', unit: 'S', number: '1', id_number: 'E1234567', display_name: '别人', create_time }],
  ['activity', { place: '新书屋' }, { state: 'STATE_SETTLED', unit: 'S', person_in_charge: '别人', create_time }],
];
const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
const stateOf = async (name) => {
  const { etag, updateTime, ...facts } = await world.callers.center_admin.get(`/v1/${name}`);
  return facts;
};

test('an update changes what the path names, whatever the body says', async () => {
  for (const [kind, change] of UPDATES) {
    const [own, foreign] = [world.at.U[kind], world.at.S[kind]];
    const untouched = await stateOf(foreign);
    for (const mask of ['', `?updateMask=name,${Object.keys(change)[0]}`]) {
      const { status, raw } = await world.callers.unit_admin.send('PATCH', `/v1/${own}${mask}`, { ...change, name: foreign });
      assert.ok(status === 200 || status === 400, raw);
      assert.deepEqual(await stateOf(foreign), untouched, kind);
      assert.equal((await stateOf(own)).name, own);
    }
    const { status } = await world.callers.unit_admin.send('PATCH', `/v1/${foreign}`, { ...change, name: own });
    assert.ok(status === 403 || status === 400, kind);
    assert.deepEqual(await stateOf(foreign), untouched, kind);
  }
});

test('fields that no caller sets stay as they are, in either spelling and by mask', async () => {
  for (const [kind, , fields] of UPDATES) {
    const name = world.at.U[kind];
    const before = await stateOf(name);
    for (const [field, wish] of Object.entries(fields)) {
      const value = wish === 'S' ? world.units.S : wish;
      for (const [spelling, mask] of [[field, ''], [camel(field), ''], [field, `?updateMask=${field}`],
        [camel(field), `?updateMask=${camel(field)}`], [camel(field), `?update_mask=${field}`], [field, '?updateMask=*']]) {
        const { status, raw } = await world.callers.unit_admin.send('PATCH', `/v1/${name}${mask}`, { [spelling]: value });
        assert.ok(status === 200 || status === 400, raw);
        assert.deepEqual(await stateOf(name), before, `${kind}.${spelling}${mask} → ${status}`);
      }
    }
  }
});

test('a batch with one foreign id changes nothing', async () => {
  const { unit_admin: admin } = world.callers;
  const { U, S } = world.at;
  const before = await Promise.all([U, S].map(({ registration }) => stateOf(registration)));
  for (const list of ['vouched', 'voided']) {
    const { status, raw } = await admin.send('POST', `/v1/${U.shift}:confirm`, { [list]: [U.registration, S.registration] });
    assert.ok(status >= 400 && status < 500, raw);
  }
  assert.deepEqual(await Promise.all([U, S].map(({ registration }) => stateOf(registration))), before);
  // Nor does one that nobody knows.
  const consents = async () => (await admin.get(`/v1/${U.minor}/consents`)).consents;
  const given = await consents();
  const { status, raw } = await admin.send('POST', `/v1/${U.minor}/consents:give`,
    { documents: [U.document, 'consentDocuments/0123456789ABC'], channel: 'CHANNEL_PAPER' });
  assert.ok(status >= 400 && status < 500, raw);
  assert.deepEqual(await consents(), given);
});

test('a subtree that moves takes its scope along at once', async (t) => {
  const { center_admin: admin } = world.callers;
  await admin.post(`/v1/${world.units.B}:move`, { newParent: world.units.S });
  const moved = performance.now();
  const ofEachService = ['org.v1.StaffService.GetStaffMember', 'volunteer.v1.VolunteersService.GetVolunteer',
    'activity.v1.AttendanceService.ListAttendances'].map((name) => `wenming.${name}`);
  for (const method of ofEachService) {
    await until(`${method} to hear of it`, async () => (await ask('unit_admin', method, 'B')).outcome === 'refused');
  }
  const took = performance.now() - moved;
  t.diagnostic(`all services knew within ${took.toFixed(0)} ms`);
  assert.ok(took < 5000);
  for (const row of served) {
    if (row.anonymous === 'yes' || REQUESTS[row.method].mine) continue;
    await t.test(row.method, async () => {
      for (const role of OF_U) await expectRefused(role, row.method, 'B');
      await (row.unit_admin.includes('B') ? expectReached : expectRefused)('sibling_admin', row.method, 'B');
      await (row.unit_admin.includes('U') ? expectReached : expectRefused)('unit_admin', row.method, 'U');
    });
  }
});
