#!/usr/bin/env node
// usage: ./wenming bench overload [--json] [--seconds N] [--times N] [--statement-ms N]
//
// Ten times (--times) what the platform takes. A stack of its own, whose database takes 200 ms (--statement-ms) for each statement, so
// that it is the database which limits and not the generator on the same cores. Nine requests of ten read somebody's registrations,
// one is a sign-up. First the peak is measured, in a closed loop; then people come in an open loop, at half of it, at ten times it, and
// at half of it again. Last a retry storm: at seven tenths of it, with 5 s of patience and up to five further tries at once, the
// database stands still for 3 s. Each part takes so many seconds (5; the rush three times that, the storm four times).
//
//   goodput_share    good answers a second in the rush, as a part of the peak
//   accepted_p99_ms  how long the good answers of the rush took, from when they were due; within deadline_ms
//   memory_mb        of the gateway and of activity_svc: before, most, after
//   normal_after_s   from the end of the rush, or of the stillness, until a whole second of which at least nine tenths of those who came
//                    got good answers, in at most twice the time of before (in the storm: within the patience)
//   lost, oversold   acknowledged sign-ups that are not there, shifts with more people than places
//
// It fails where something was lost or oversold.
import { parseArgs } from 'node:util';
import { setTimeout as pause } from 'node:timers/promises';
import { chosenSeed, randomFrom } from '../tests/chaos/random.mjs';
import { World } from '../tests/chaos/world.mjs';
import { Client, closedLoop, openLoop, timeUntilNormal } from '../tests/bench/overload/loops.mjs';
import { Requests, daysOf, watchMemory } from '../tests/bench/overload/stand.mjs';
import { freezeDatabase } from '../tests/chaos/server_faults.mjs';

const VOLUNTEERS = 200;
const DAYS = 60;
const WIDTHS = [32, 64, 128, 256];  // of the closed loops
const DEADLINE_MS = 10000;
const PATIENCE_MS = 5000;
const RETRIES = 5;
const STILL_S = 3;

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

async function rush(draw, peak) {
  const calm = await openLoop(draw, peak / 2, seconds);
  await calm.answered;
  const usualMs = calm.log.latency(0.99);
  const begin = performance.now();
  const crowd = await openLoop(draw, times * peak, 3 * seconds);
  const end = performance.now();
  const after = await openLoop(draw, peak / 2, 2 * seconds);
  await Promise.all([crowd.answered, after.answered]);
  const goodput = crowd.log.goodput(begin + 1000, end);
  return {
    offered: rounded(times * peak),
    sent: rounded(crowd.log.entries.length / ((end - begin) / 1000)),
    goodput: rounded(goodput),
    goodput_share: rounded(goodput / peak, 2),
    usual_p99_ms: rounded(usualMs),
    accepted_p99_ms: rounded(crowd.log.latency(0.99)),
    deadline_ms: DEADLINE_MS,
    refused: crowd.log.count(({ status }) => status === 429 || status === 503),
    too_late: crowd.log.count(({ status }) => status === 504 || status === 0),
    otherwise: crowd.log.count(({ status }) => ![200, 429, 503, 504, 0].includes(status)),
    normal_after_s: timeUntilNormal(after.log, end, { rate: peak / 2, share: 0.9, mostMs: 2 * usualMs }),
  };
}

async function storm(world, draw, peak) {
  const rate = 0.7 * peak;
  const loop = openLoop(draw, rate, 4 * seconds, { retries: RETRIES });
  await pause(1000 * seconds);
  await freezeDatabase(STILL_S)(world);
  const end = performance.now();
  const { log, answered } = await loop;
  await answered;
  return {
    offered: rounded(rate),
    sent: log.entries.length,
    tried_again: log.count(({ attempt }) => attempt > 0),
    given_up: log.count(({ status, attempt }) => status !== 200 && attempt === RETRIES),
    normal_after_s: timeUntilNormal(log, end, { rate, share: 0.9, mostMs: PATIENCE_MS }),
  };
}

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
  let crowd;
  const memory = await watchMemory(pids, async () => { crowd = await rush(patient, peak); });
  say(JSON.stringify(crowd));
  const storming = await storm(world, impatient, peak);
  world.proxy.delayStatements(0);
  await world.calm();
  const { lost, oversold } = await requests.reckon(world.socket);
  for (const each of Object.values(memory)) for (const when of Object.keys(each)) each[when] = rounded(each[when]);
  say(JSON.stringify({ statement_ms: statementMs, peak: rounded(peak), rush: crowd, memory_mb: memory, storm: storming, lost, oversold }));
  if (lost + oversold > 0) process.exitCode = 1;
} finally {
  for (const client of clients) client.end();
  await world.stop();
}
