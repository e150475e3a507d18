#!/usr/bin/env node
// usage: ./wenming bench overload [--json] [--seconds N] [--times N] [--statement-ms N]
//
// Ten times (--times) what the platform takes. A stack of its own, whose database takes 200 ms (--statement-ms) for each statement, so
// that it is the database which limits and not the generator on the same cores. Nine requests of ten read somebody's registrations,
// one is a sign-up. First the peak is measured, in a closed loop; then people come in an open loop, at half of it, at ten times it, and
// at half of it again. Last a retry storm: at seven tenths of it, with 5 s of patience and up to five further tries, the database stands
// still for 8 s, so that whoever comes meanwhile gives up and asks again: half of them at once, half of them when they were told to.
// Each part takes so many seconds (5; the rush three times that, the storm until 10 s after the stillness at least).
//
//   goodput_share    good answers a second in the rush, as a part of the peak
//   accepted_p99_ms  how long the good answers of the rush took, from when they were due; within deadline_ms
//   reads, sign_ups  of the rush: good answers and the p99 of them, refused, too late
//   in_vain          answers that the service gave well, and nobody was waiting for any more
//   memory_mb        of the gateway and of activity_svc: before, most, after
//   normal_after_s   from the end of the rush, or of the stillness, until a whole second of which at least nine tenths of those who came
//                    got good answers, in at most twice the time of before (in the storm: within the patience)
//   given_up         who got no good answer with all tries of the storm, of those who asked again at once and of those who waited
//   taken_share      calls that reached the service in the storm, as a part of those that the clients made: a gateway that repeats them
//                    adds a tenth at most (its budget)
//   lost, oversold   acknowledged sign-ups that are not there, shifts with more people than places
//
// It fails where something was lost or oversold, where things did not become normal again, where the storm was none, or where more of
// it reached the service than the budget lets through.
import { parseArgs } from 'node:util';
import { setTimeout as pause } from 'node:timers/promises';
import { chosenSeed, randomFrom } from '../tests/chaos/random.mjs';
import { World } from '../tests/chaos/world.mjs';
import { Client, Log, closedLoop, openLoop, timeUntilNormal } from '../tests/bench/overload/loops.mjs';
import { Requests, daysOf, servedBy, watchMemory } from '../tests/bench/overload/stand.mjs';
import { freezeDatabase } from '../tests/chaos/server_faults.mjs';

const VOLUNTEERS = 200;
const DAYS = 60;
const WIDTHS = [32, 64, 128, 256];  // of the closed loops
const DEADLINE_MS = 10000;
const PATIENCE_MS = 5000;
const RETRIES = 5;
const STILL_S = 8;
const AFTER_S = 10;  // of the storm, at least
const BUDGET = 0.1;  // of the gateway, for repetitions

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    times: { type: 'string', default: '10' },
    'statement-ms': { type: 'string', default: '200' },
  },
});
const [seconds, times, statementMs] = [options.seconds, options.times, options['statement-ms']].map(Number);
const say = (text) => console.log(text);
const rounded = (value, digits = 1) => (value === null ? null : Number(value.toFixed(digits)));

async function findPeak(draw) {
  let peak = 0;
  for (const width of WIDTHS) {
    const begin = performance.now();
    const log = await closedLoop(draw, width, seconds);
    const rate = log.goodput(begin, begin + 1000 * seconds);
    say(`${width} at once: ${rate.toFixed(0)} good answers a second, p99 ${log.latency(0.99)?.toFixed(0)} ms`);
    peak = Math.max(peak, rate);
  }
  return peak;
}

const isRefused = ({ status }) => status === 429 || status === 503;
const isTooLate = ({ status }) => status === 504 || status === 0;

const describe = (log) => ({
  good: log.count(({ status }) => status === 200),
  p99_ms: rounded(log.latency(0.99)),
  refused: log.count(isRefused),
  too_late: log.count(isTooLate),
});

async function rush(draw, peak) {
  const calm = await openLoop(draw, peak / 2, seconds);
  await calm.answered;
  const usualMs = calm.log.latency(0.99);
  const begin = performance.now();
  const crowd = await openLoop(draw, times * peak, 3 * seconds);
  const end = performance.now();
  const after = await openLoop(draw, peak / 2, Math.max(2 * seconds, AFTER_S));
  await Promise.all([crowd.answered, after.answered]);
  const { log } = crowd;
  const goodput = log.goodput(begin + 1000, end);
  const told = {
    offered: rounded(times * peak),
    sent: rounded(log.entries.length / ((end - begin) / 1000)),
    goodput: rounded(goodput),
    goodput_share: rounded(goodput / peak, 2),
    usual_p99_ms: rounded(usualMs),
    accepted_p99_ms: rounded(log.latency(0.99)),
    deadline_ms: DEADLINE_MS,
    reads: describe(log.of('read')),
    sign_ups: describe(log.of('sign_up')),
    otherwise: log.count((entry) => entry.status !== 200 && !isRefused(entry) && !isTooLate(entry)),
    normal_after_s: timeUntilNormal(after.log, end, { rate: peak / 2, share: 0.9, mostMs: 2 * usualMs }),
  };
  return { told, logs: [calm.log, log, after.log] };
}

const countGivenUp = (log) => log.count(({ status, attempt }) => status !== 200 && attempt === RETRIES);

async function storm(world, draw, peak) {
  const rate = 0.7 * peak;
  const lasts = seconds + STILL_S + Math.max(2 * seconds, AFTER_S);
  const loops = [false, true].map((asTold) => openLoop(draw, rate / 2, lasts, { retries: RETRIES, asTold }));
  await pause(1000 * seconds);
  await freezeDatabase(STILL_S)(world);
  const end = performance.now();
  const crowds = await Promise.all(loops);
  await Promise.all(crowds.map(({ answered }) => answered));
  const [atOnce, asTold] = crowds.map(({ log }) => log);
  const log = Log.join([atOnce, asTold]);
  const told = {
    offered: rounded(rate),
    came: log.count(({ attempt }) => attempt === 0),
    sent: log.entries.length,
    tried_again: log.count(({ attempt }) => attempt > 0),
    given_up: { at_once: countGivenUp(atOnce), as_told: countGivenUp(asTold) },
    normal_after_s: timeUntilNormal(log, end, { rate, share: 0.9, mostMs: PATIENCE_MS }),
  };
  return { told, logs: [log] };
}

// What must not be, whatever the machine.
const faultsOf = ({ rush: crowd, storm: storming, lost, oversold }) => Object.entries({
  'acknowledged sign-ups are lost': lost > 0,
  'shifts have more people than places': oversold > 0,
  'things did not become normal after the rush': crowd.normal_after_s === null,
  'things did not become normal after the storm': storming.normal_after_s === null,
  'nobody tried again: the storm was none': storming.tried_again === 0,
  'the service got more calls than the clients and the budget for repetitions make': storming.taken_share > 1 + BUDGET,
}).filter(([, isFault]) => isFault).map(([what]) => what);

const seed = chosenSeed();
const world = await World.start({ volunteers: VOLUNTEERS, random: randomFrom(seed) });
const clients = [new Client(world.second.session.base, DEADLINE_MS), new Client(world.second.session.base, PATIENCE_MS)];
try {
  const shifts = await world.openActivity(daysOf(DAYS, 2 * VOLUNTEERS));
  const requests = new Requests(await world.logInAll(), shifts, world.random);
  const [patient, impatient] = clients.map((client) => requests.through(client));
  world.proxy.delayStatements(statementMs);
  const peak = await findPeak(patient);
  const pids = { gateway: world.second.pidOf('gateway'), activity_svc: world.second.pidOf('activity_svc') };
  const service = { name: 'activity_svc', metrics: world.second.services.activity_svc.metrics };
  let crowd;
  const memory = await watchMemory(pids, async () => { crowd = await servedBy(service, () => rush(patient, peak)); });
  say(JSON.stringify(crowd.told));
  const storming = await servedBy(service, () => storm(world, impatient, peak));
  world.proxy.delayStatements(0);
  await world.calm();
  for (const each of Object.values(memory)) for (const when of Object.keys(each)) each[when] = rounded(each[when]);
  const result = {
    statement_ms: statementMs,
    peak: rounded(peak),
    rush: { ...crowd.told, in_vain: crowd.inVain },
    memory_mb: memory,
    storm: { ...storming.told, in_vain: storming.inVain, taken_share: rounded(storming.taken / storming.told.sent, 2) },
    ...(await requests.reckon(world.socket)),
  };
  const faults = faultsOf(result);
  for (const fault of faults) console.error(fault);
  say(JSON.stringify(result));
  process.exitCode = faults.length === 0 ? 0 : 1;
} finally {
  for (const client of clients) client.end();
  await world.stop();
}
