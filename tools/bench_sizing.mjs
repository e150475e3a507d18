#!/usr/bin/env node
// usage: ./wenming bench sizing [--json] [--volunteers N] [--seconds N] [--rate N] [--people N]
//
// What memory, disk and CPU a county takes: a whole stack whose commits are on the disk is measured with 100 volunteers and with
// N more (10,000); then people open the page (six reads each) and sign up and cancel, in turns, 500 requests a second, and the CPU
// time of each process is divided by the requests. The client's own is not counted. The last line is one JSON object.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { query } from './local/database.mjs';
import { ROOT } from './local/settings.mjs';
import { draft, move, signUp } from './story/activities.mjs';
import { calendarFrom } from './story/calendar.mjs';
import { actAs } from './story/people.mjs';
import { logIn } from './story/staff.mjs';
import { loadedDemo, runningStack, sessionOf } from './story/stack.mjs';
import { mapWide, onceKnown } from './story/waiting.mjs';

const FEW = 100;
const AT_ONCE = 32;
const TICKS = 100;  // a second, of /proc/PID/stat on Linux
const MEGABYTE = 1 << 20;

const { values } = parseArgs({
  options: Object.fromEntries(Object.entries({ volunteers: '10000', seconds: '20', rate: '500', people: '200' })
    .map(([name, number]) => [name, { type: 'string', default: number }])),
});
const [MANY, SECONDS, RATE, PEOPLE] = ['volunteers', 'seconds', 'rate', 'people'].map((name) => Number(values[name]));

function tool(name, ...args) {
  const command = name.endsWith('.mjs') ? [process.execPath, path.join(ROOT, 'tools', name)] : [path.join(ROOT, 'tools', name)];
  const { status } = spawnSync(command[0], [...command.slice(1), ...args], { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`tools/${name} ${args.join(' ')} failed`);
}

const runDir = fs.mkdtempSync(path.join(os.tmpdir(), 'wenming-bench-'));
const where = ['--run-dir', runDir];

// Every process of the stack: [name, pid].
function processes() {
  const services = Object.entries(runningStack(runDir).services).map(([name, { pid }]) => [name, pid]);
  return [...services, ['database', Number(fs.readFileSync(path.join(runDir, 'db/mariadbd.pid'), 'utf8'))]];
}

const ofAll = (measure) => Object.fromEntries(processes().map(([name, pid]) => [name, measure(pid)]));
const field = (pid, name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;
const memory = () => ofAll((pid) => field(pid, 'VmRSS') / MEGABYTE);
const peak = () => ofAll((pid) => field(pid, 'VmHWM') / MEGABYTE);

function cpuSeconds(pid) {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [user, system] = stat.slice(stat.lastIndexOf(')') + 2).split(' ').slice(11, 13);
  return (Number(user) + Number(system)) / TICKS;
}

function tables() {
  const rows = query(runningStack(runDir).database.socket, 'SELECT SUM(data_length + index_length) FROM information_schema.tables '
    + "WHERE table_schema LIKE 'wenming%'");
  return Number(rows[0][0]) / MEGABYTE;
}

// What share of a core each process takes when nobody asks for anything.
async function idleShares() {
  const before = ofAll(cpuSeconds);
  const began = performance.now();
  await pause(SECONDS * 500);
  const after = ofAll(cpuSeconds);
  return Object.fromEntries(Object.keys(after).map((name) => [name, (after[name] - before[name]) / ((performance.now() - began) / 1000)]));
}

// `act(i)` makes `requests` requests; so many a second for SECONDS, and the CPU time that one took in each process, in ms,
// without what the process takes anyway.
async function cost(requests, act, idle) {
  const before = ofAll(cpuSeconds);
  const began = performance.now();
  let acts = 0;
  const lane = async () => {
    for (;;) {
      const mine = acts;
      const due = began + (mine * requests * 1000) / RATE;
      if (due - began > SECONDS * 1000) return;
      ++acts;
      if (due > performance.now()) await pause(due - performance.now());
      await act(mine);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  const seconds = (performance.now() - began) / 1000;
  const after = ofAll(cpuSeconds);
  const made = acts * requests;
  const milliseconds = Object.fromEntries(Object.keys(after).map((name) => [name, ((after[name] - before[name] - idle[name] * seconds) * 1000) / made]));
  return { rate: made / seconds, milliseconds, total: Object.values(milliseconds).reduce((sum, each) => sum + each, 0) };
}

async function openShift(session, demo) {
  const enter = (login) => logIn(session, login, demo.accounts.find((account) => account.login === login).password);
  const [head, institute] = await Promise.all(['station1', 'institute1'].map(enter));
  const at = calendarFrom(new Date());
  const shifts = [{ post: '扫雪', startTime: at(5, '09:00'), endTime: at(5, '11:00'), capacity: 10000 }];
  const plan = { title: '清洁村道', content: '扫雪', method: 'METHOD_HELP', themes: ['policy'], place: '广场', shifts };
  const { unit_name: unit } = demo.accounts.find(({ login }) => login === 'station1');
  const made = await onceKnown('the station to be known', () => draft(head, unit, plan));
  await move(head, made.activity.name, 'SUBMIT');
  await move(institute, made.activity.name, 'PUBLISH');
  return made.shifts[0].name;
}

async function people(session, demo) {
  const { login, password, unit_name: center } = demo.accounts.find((account) => account.login === 'center');
  const staff = await logIn(session, login, password);
  const { volunteers } = await staff.get(`/v1/${center}/volunteers?pageSize=${PEOPLE}`);
  const all = await mapWide(volunteers, 8, async ({ name }) => ({ name, self: await actAs(session, name) }));
  await onceKnown('the volunteers to be known', () => all.at(-1).self.get('/v1/shifts:mine'));
  return { center, all };
}

const round = (object, digits) => Object.fromEntries(Object.entries(object).map(([name, number]) => [name, Number(number.toFixed(digits))]));

try {
  tool('stack', 'start', '--ports', 'auto', ...where);
  tool('load_demo.mjs', '--volunteers', String(FEW), ...where);
  const few = { memory: memory(), tables: tables() };
  tool('load_demo.mjs', '--volunteers', String(FEW + MANY), '--no-activities', ...where);
  const many = { memory: memory(), tables: tables() };

  const session = sessionOf(runningStack(runDir));
  const demo = loadedDemo(runDir);
  const { center, all } = await people(session, demo);
  const shift = await openShift(session, demo);
  const paths = (name) => [`/v1/${center}/shifts:upcoming?pageSize=20`, '/v1/shifts:mine', '/v1/registrations:mine', '/v1/notices:mine',
    `/v1/${name}`, `/v1/${name}/hourAccount`];
  const pageOf = ({ name, self }) => Promise.all(paths(name).map((each) => self.get(each)));
  const idle = await idleShares();
  const reads = await cost(6, (i) => pageOf(all[i % all.length]), idle);
  const writes = await cost(2, async (i) => {
    const { self } = all[i % all.length];
    await self.post(`/v1/${(await signUp(self, shift, `sizing-${i}`)).name}:cancel`);
  }, idle);

  const result = {
    volunteers: MANY,
    memory_mb: round(few.memory, 0),
    memory_mb_with_volunteers: round(many.memory, 0),
    peak_memory_mb: round(peak(), 0),
    tables_mb: Number(few.tables.toFixed(1)),
    tables_mb_with_volunteers: Number(many.tables.toFixed(1)),
    idle_cores: round(idle, 3),
    reads: { rate: Math.round(reads.rate), cpu_ms_a_request: round(reads.milliseconds, 3), cores_for_1000_a_second: Number(reads.total.toFixed(2)) },
    writes: { rate: Math.round(writes.rate), cpu_ms_a_request: round(writes.milliseconds, 3), cores_for_1000_a_second: Number(writes.total.toFixed(2)) },
  };
  console.log(JSON.stringify(result));
} finally {
  tool('stack', 'stop', '--wipe', ...where);
  fs.rmSync(runDir, { recursive: true, force: true });
}
