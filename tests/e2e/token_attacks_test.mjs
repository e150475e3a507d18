// Every attack on access tokens gets its exact answer at both fronts, and no handler runs. The cases tell the rules.

import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { query } from '../../tools/local/database.mjs';
import { paths } from '../../tools/local/services.mjs';
import { onceKnown, until } from '../../tools/story/waiting.mjs';
import { startStack } from '../support/running_stack.mjs';
import { Forger, base64url, bytesOf, idText } from './forger.mjs';
import { field, unary } from './grpc_client.mjs';
import { CASES, OK } from './token_attack_cases.mjs';

const CREATE_UNIT = '/wenming.org.v1.UnitsService/CreateUnit';
const LEVEL_STATION = Buffer.from([3 << 3, 3]);

let stack;
let forger;
let parent;

before(async () => {
  stack = await startStack();
  const [[admin]] = query(stack.record.database.socket, "SELECT id FROM wenming_org.staff WHERE username = 'admin'");
  forger = new Forger(paths(stack.runDir).keys, {
    iss: 'wenming/org_svc', aud: 'wenming', sub: `staff/${idText(admin)}`, ctr: '0', sid: idText(1), jti: 'a-token-of-the-test',
  });
  const session = stack.session.as(forger.token());
  const csv = Buffer.from('code,level,parent_code,name,division_code,opened_date\nAC,CENTER,,中心,,\nAI,INSTITUTE,AC,所,,\n').toString('base64');
  await onceKnown('the directory to be there', () => session.post('/v1/units:import', { csv })).then(({ errors }) => assert.deepEqual(errors, []));
  ({ units: [{ name: parent }] } = await until('the units to appear', async () => {
    const page = await session.get('/v1/units?level=LEVEL_INSTITUTE');
    return page.units.length > 0 && page;
  }));
  await onceKnown('the institute to be known', () =>
    session.post('/v1/units', { code: 'AS', level: 'LEVEL_STATION', parent, displayName: '站' }));
});
after(() => stack?.stop());

// One HTTP/1.1 request, byte by byte as given: [name, value] for each header line. Resolves with { status, answer }.
function post(path, headers, body) {
  const { hostname, port } = new URL(stack.record.http);
  const lines = [
    `POST ${path} HTTP/1.1`, `Host: ${hostname}`, 'Content-Type: application/json', `Content-Length: ${body.length}`,
    'Connection: close', ...headers.map(([name, value]) => `${name}: ${value}`), '', '',
  ];
  return new Promise((resolve, reject) => {
    const chunks = [];
    const socket = net.connect(Number(port), hostname);
    socket.setTimeout(20000, () => socket.destroy(new Error('no answer within 20 s')));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', (error) => chunks.length === 0 && reject(error));
    socket.on('close', () => {
      const text = Buffer.concat(chunks).toString();
      const [head, ...rest] = text.split('\r\n\r\n');
      resolve({ status: Number(head.split(' ')[1]), answer: JSON.parse(rest.join('\r\n\r\n') || 'null') });
    });
    socket.write(Buffer.concat([Buffer.from(lines.join('\r\n'), 'latin1'), body]));
  });
}

// Creates the unit over HTTP and over gRPC, each with a code of its own.
const overHttp = (headers, code, path = '') => post(`/v1/units${path}`, headers,
  Buffer.from(JSON.stringify({ code, level: 'LEVEL_STATION', parent, displayName: 'attack' })));
const overGrpc = (metadata, code) => unary(stack.record.grpc, CREATE_UNIT,
  field(1, Buffer.concat([field(2, code), LEVEL_STATION, field(4, parent), field(5, 'attack')])), metadata);

const codesLike = (prefix) => query(stack.record.database.socket,
  `SELECT code FROM wenming_org.units WHERE code LIKE '${prefix}%' ORDER BY code`).map(([code]) => code);
const effects = () => query(stack.record.database.socket,
  'SELECT (SELECT COUNT(*) FROM wenming_org.audit_pending) + (SELECT COUNT(*) FROM wenming_org.audit_records)')[0][0];

function assertGrpc({ status, headers }, want, title) {
  assert.equal(status, want.code, `gRPC: ${title}`);
  if (want.code === 0) return;
  const details = Buffer.from(headers['grpc-status-details-bin'], 'base64').toString();
  assert.ok(details.includes(want.reason), `gRPC: ${title}: ${details}`);
}

// All that says who calls, as the headers of the case.
function credentials({ token, authorization, headers }) {
  if (headers) return Object.entries(headers(forger));
  const value = token ? `Bearer ${token(forger)}` : authorization(forger);
  return [value].flat().map((one) => ['authorization', one]);
}

let cases = 0;
async function attack(one) {
  const { title, want } = one;
  const codes = [`AT-${String(++cases).padStart(4, '0')}H`, `AT-${String(cases).padStart(4, '0')}R`];
  forger.now = Math.floor(Date.now() / 1000);
  const { status, answer } = await overHttp(credentials(one), codes[0], one.query?.(forger));
  assert.equal(status, want.status, `HTTP: ${title}: ${JSON.stringify(answer)}`);
  assert.equal(answer.reason, want.reason, `HTTP: ${title}`);
  if (one.grpc !== false) assertGrpc(await overGrpc(Object.fromEntries(credentials(one)), codes[1]), want, title);
  assert.deepEqual(codesLike(codes[0].slice(0, -1)), want === OK ? codes : [], `what ran: ${title}`);
}

test('every token of the table gets its exact answer, and nothing runs', async (t) => {
  assert.ok(CASES.length >= 60);
  const before = Number(effects());
  for (const one of CASES) await t.test(one.title, () => attack(one));
  const good = CASES.filter(({ want }) => want === OK).length;
  assert.equal(Number(effects()) - before, 2 * good, 'each effect has its record, and there are no others');
});

test('no client writes his own address into the record', () => {
  const [[count]] = query(stack.record.database.socket, "SELECT (SELECT COUNT(*) FROM wenming_org.audit_pending WHERE address LIKE "
    + "'%198.51.100%') + (SELECT COUNT(*) FROM wenming_org.audit_records WHERE address LIKE '%198.51.100%')");
  assert.equal(count, '0');
});

const volunteer = (f) => f.token({
  header: f.header({ kid: f.kid('volunteer_svc') }), by: 'volunteer_svc',
  payload: f.payload({ iss: 'wenming/volunteer_svc', sub: `volunteers/${idText(1)}`, ctr: '1' }),
});
test('a volunteer’s good token is no staff’s', () =>
  attack({ title: 'volunteer', token: volunteer, want: { status: 403, code: 7, reason: 'AUDIENCE' } }));

test('the clocks of two services may be a minute apart, and not more', async () => {
  await attack({ title: 'a minute', token: (f) => f.token({ payload: f.payload({ nbf: f.now + 60 }) }), want: OK });
  await attack({
    title: 'five seconds more', token: (f) => f.token({ payload: f.payload({ nbf: f.now + 65 }) }),
    want: { status: 401, code: 16, reason: 'TOKEN_INVALID' },
  });
});

test('every byte of a token counts', async (t) => {
  const seed = process.pid;
  t.diagnostic(`seed ${seed}`);
  let state = seed;
  const random = () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 16;
  const token = forger.token();
  await attack({ title: 'unaltered', token: () => token, want: OK });
  for (const part of [0, 1, 2]) {
    const parts = token.split('.');
    const bytes = bytesOf(parts[part]);
    for (let at = 0; at < bytes.length; ++at) {
      const altered = Buffer.from(bytes);
      altered[at] ^= 1 << random() % 8;
      parts[part] = base64url(altered);
      const { status, answer } = await overHttp([['authorization', `Bearer ${parts.join('.')}`]], 'AT-BIT');
      assert.deepEqual([status, answer.reason], [401, 'TOKEN_INVALID'], `part ${part}, byte ${at}`);
    }
  }
  assert.deepEqual(codesLike('AT-BIT'), []);
});

test('a token of seven kilobytes is too large for a head', async () => {
  for (const size of [7 << 10, 16 << 10, 1 << 20]) {
    const { status, answer } = await overHttp([['authorization', `Bearer ${'A'.repeat(size)}`]], 'AT-BIG');
    assert.equal(status, 431);
    assert.equal(answer.reason, 'BODY_TOO_LARGE');
    await assert.rejects(overGrpc({ authorization: `Bearer ${'A'.repeat(size)}` }, 'AT-BIG'));
  }
  assert.deepEqual(codesLike('AT-BIG'), []);
});
