#!/usr/bin/env node
// Tells the story of one activity against the running stack, step by step over HTTP: each with the request, the answer and
// what it proves. Every run registers its own volunteers and activity. Exit status 0 only if everything held.

import { parseArgs } from 'node:util';
import { Problem, green, red, run } from './local/problem.mjs';
import { OPTIONS, runDirOf } from './local/settings.mjs';
import { calendarFrom } from './story/calendar.mjs';
import { certify } from './story/chapters/certificate.mjs';
import { onTheDay } from './story/chapters/day.mjs';
import { watchForFire } from './story/chapters/fire_watch.mjs';
import { measure, remember } from './story/chapters/metrics.mjs';
import { plan } from './story/chapters/plan.mjs';
import { settle } from './story/chapters/settle.mjs';
import { gather, passOn, signUp } from './story/chapters/sign_up.mjs';
import { Refused } from './story/session.mjs';
import { logIn } from './story/staff.mjs';
import { loadedDemo, sessionOf, stackInDevelopment } from './story/stack.mjs';
import { Teller } from './story/teller.mjs';

const HELP = `usage: ./wenming demo [--json] [--seed N] [--run-dir DIR]

  --json           one JSON object instead of text: { held, seed, seconds, steps }
  --seed N         what the volunteers are drawn from; another one each time unless given
  --run-dir DIR    of the running stack (WENMING_RUN_DIR, .run)`;

const CHAPTERS = [plan, gather, signUp, passOn, watchForFire, onTheDay, settle, certify, measure];

// What the chapters share: who acts, where, on which days. "Today" is the day the story is told; it plays in the days
// after it, by the x-wenming-now header, which only a stack in development takes.
async function begin(stack, demo, seed, teller) {
  const session = sessionOf(stack);
  const day = calendarFrom(new Date());
  const story = { stack, session, seed, teller, day, afterwards: day(20, '09:00') };
  await remember(story);
  const enter = (login) => logIn(session, login, demo.accounts.find((account) => account.login === login).password);
  story.staff = { head: await enter('station1'), approver: await enter('institute1'), leader: await enter('leader1') };
  const unitOf = (login) => demo.accounts.find((account) => account.login === login).unit_name;
  return Object.assign(story, { station: unitOf('station1'), center: unitOf('center') });
}

async function tell(runDir, seed, print) {
  const stack = stackInDevelopment(runDir);
  const demo = loadedDemo(runDir);
  if (demo === null) throw new Problem('The Hongtong demo is not loaded.', './wenming up (without --no-demo) loads it.');
  const teller = new Teller(print);
  const story = await begin(stack, demo, seed, teller);
  try {
    for (const chapter of CHAPTERS) await chapter(story);
  } catch (error) {
    // What the services refused breaks the story off; it is told like a proof that failed.
    if (!(error instanceof Refused) || teller.steps.length === 0) throw error;
    teller.proves('the story goes on', false, error.message);
  }
  return teller;
}

await run(async () => {
  const { values: flags } = parseArgs({
    options: { 'run-dir': OPTIONS['run-dir'], json: { type: 'boolean' }, seed: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (flags.help) return console.log(HELP);
  const seed = flags.seed === undefined ? Date.now() % 2 ** 31 : Number(flags.seed);
  if (!Number.isInteger(seed) || seed < 0) throw new Problem('--seed takes a whole number.');
  const began = performance.now();
  const teller = await tell(runDirOf(flags), seed, flags.json ? () => {} : console.log);
  const held = teller.failures.length === 0;
  const seconds = Number(((performance.now() - began) / 1000).toFixed(1));
  if (flags.json) {
    console.log(JSON.stringify({ held, seed, seconds, steps: teller.steps }, null, 2));
  } else {
    const proofs = teller.steps.flatMap(({ proofs: of }) => of).length;
    console.log(held ? green(`\n故事讲完，${proofs} 项全部成立 · the story holds: ${proofs} proofs in ${seconds} s (seed ${seed})`)
      : red(`\n${teller.failures.length} 项不成立 · ${teller.failures.length} of ${proofs} proofs failed (seed ${seed})`));
  }
  return held ? 0 : 1;
});
