// A machine whose clock is an hour wrong: all invariants hold while one replica runs on it, callers are refused there for their
// tokens or because it knows no units, and nobody loses what was offered to him before it is over.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../tools/story/waiting.mjs';
import { aheadBy, unshiftable } from './clocks.mjs';
import { nameOf, query } from './database.mjs';
import { PROBE_SHIFTS } from './prober.mjs';
import { chosenSeed, randomFrom } from './random.mjs';
import { holdOut } from './under_faults.mjs';
import { World } from './world.mjs';

const VOLUNTEERS = 130;
const HOUR_S = 3600;
const WRONG_MS = 5000;
const SERVICES = ['activity_svc', 'volunteer_svc', 'org_svc'];
const SIDES = { ahead: HOUR_S, behind: -HOUR_S };

let world;
const seed = chosenSeed();
before(async () => { if (!unshiftable) world = await World.start({ volunteers: VOLUNTEERS, random: randomFrom(seed) }); });
after(() => world?.stop());

// The second replica of a service runs on a wrong clock meanwhile, and on the right one again afterwards.
async function withClock(service, seconds, meanwhile) {
  const { second } = world;
  second.kill(service);
  await until(`${service} to end`, () => !second.runs(service));
  second.startThrough(service, aheadBy(seconds));
  try {
    await meanwhile();
  } finally {
    second.kill(service);
    await until(`${service} to end`, () => !second.runs(service));
    await second.revive();
  }
}

test('the invariants', { skip: unshiftable ?? false, timeout: 400000 }, async (t) => {
  const actions = Object.fromEntries(SERVICES.flatMap((service) => Object.entries(SIDES).map(([where, seconds]) =>
    [`clock of ${service} an hour ${where} for 5 s`, () => withClock(service, seconds, () => pause(WRONG_MS))])));
  const { faults } = await holdOut(world, actions, seed, (text) => t.diagnostic(text));
  assert.deepEqual(faults, []);
});

const status = async (session, path) => {
  const { status: code, answer } = await session.send('GET', path);
  return `${code} ${answer.reason ?? ''}`;
};

test('callers of a replica with a wrong clock are refused, and told why', { skip: unshiftable ?? false }, async () => {
  const [volunteer] = await world.logInAll();
  // Nobody takes its own tokens either, so it hears from nobody and says so, where it takes the caller's.
  for (const [where, refusal] of [['ahead', /^(503 DIRECTORY_UNAVAILABLE|401 TOKEN_EXPIRED)$/], ['behind', /^401 TOKEN_INVALID$/]]) {
    await withClock('activity_svc', SIDES[where], async () => {
      const asked = () => status(volunteer.selves[1], '/v1/registrations:mine?pageSize=10');
      let told;
      await until(`the replica that is ${where} to answer`, async () => !/BACKEND_UNAVAILABLE/.test(told = await asked()), 20000);
      assert.match(told, refusal);
      assert.equal(await status(volunteer.selves[0], '/v1/registrations:mine?pageSize=10'), '200 ');
    });
    assert.equal(await status(volunteer.selves[1], '/v1/registrations:mine?pageSize=10'), '200 ');
  }
});

const OPEN_OFFERS = 'SELECT id FROM wenming_activity.registrations WHERE offer_expire_time > 0';
const openOffers = async () => (await query(world.socket, OPEN_OFFERS)).map(([id]) => nameOf('registrations', id));

test('a replica whose clock runs ahead takes no offer from anybody too soon', { skip: unshiftable ?? false }, async () => {
  const plans = PROBE_SHIFTS.slice(-2).map((shift) => ({ ...shift, capacity: 1, waitlistCapacity: 5 }));
  const [long, short] = await world.openActivity(plans);
  const [giver, waiting] = await world.logInAll();
  const offered = async ({ name }, minutesLeft) => {
    const place = await giver.self.post(`/v1/${name}/registrations`);
    const row = await waiting.self.post(`/v1/${name}/registrations`);
    assert.equal(row.state, 'STATE_WAITLISTED');
    await giver.self.at(new Date(Date.now() - (120 - minutesLeft) * 60000)).post(`/v1/${place.name}:cancel`);
    return row.name;
  };
  const kept = await offered(long, 30);
  const stateOf = async (name) => (await waiting.self.get(`/v1/${name}`)).state;
  assert.equal(await stateOf(kept), 'STATE_OFFERED');
  await withClock('activity_svc', HOUR_S, async () => {
    const over = await offered(short, 0.5);
    // Now it is the only one who lets offers lapse.
    world.stack.kill('activity_svc');
    assert.ok((await openOffers()).includes(over));
    const lapsed = until('the offer that is over to lapse', async () => !(await openOffers()).includes(over), 90000);
    await lapsed.finally(() => world.stack.revive());
    assert.equal(await stateOf(over), 'STATE_LAPSED');
    assert.equal(await stateOf(kept), 'STATE_OFFERED');
  });
});
