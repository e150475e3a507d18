// The stage of the tests that inject faults one by one: a world with its crowd at work, and a prober beside it.

import { endure, publish } from './endurance.mjs';
import { PROBE_SHIFTS, Prober } from './prober.mjs';
import { RUSH_SHIFTS, rush } from './rush.mjs';

const PROBERS = 2;  // volunteers that belong to the prober, one for each replica

// Lets the crowd of rush.mjs work while `actions` happen; resolves with { findings, faults } once all is reckoned.
export async function holdOut(world, actions, seed, log) {
  const shifts = await world.openActivity(RUSH_SHIFTS);
  const probed = await world.openActivity(PROBE_SHIFTS);
  const volunteers = await world.logInAll();
  const { station1 } = await world.enterStaff('station1');
  const prober = new Prober(world, volunteers.slice(0, PROBERS), probed, 'station1');
  try {
    let over = false;
    const isOver = () => over;
    const faults = endure(world, prober, actions, log).finally(() => { over = true; });
    const [findings] = await Promise.all([faults, world.observe(isOver),
      rush(world, volunteers.slice(PROBERS), station1, shifts, seed, isOver)]);
    const { faults: broken } = await world.reckon(log);
    publish(findings, broken);
    return { findings, faults: broken };
  } finally {
    await prober.stop();
  }
}
