// What goes wrong while the clients work: each action by its name, in an order and after pauses that a seed decides.

import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../tools/story/waiting.mjs';
import { pick, shuffled } from './random.mjs';
import {
  exhaustConnections, exhaustDescriptors, exhaustMemory, freezeDatabase, freezeOne, readOnlyDatabase, restartDatabase, slowDatabase,
} from './server_faults.mjs';
import { poisonEvent, reorderUnread, repeatEvents, turnBack } from './stream_faults.mjs';

const COMMITS = 3;  // lost in a row
const CONSUMERS = 'activity_svc/%';  // of volunteer_svc, named by whom they follow

// Kills one replica of a service and brings it back a moment later; the other one goes on.
const killOne = (service) => async ({ sides, random }) => {
  const side = pick(random, sides);
  side.kill(service);
  await pause(400 * random());
  await side.revive();
};

async function killBoth(service, { sides, random }, meanwhile) {
  for (const side of sides) side.kill(service);
  await meanwhile();
  for (const side of shuffled(random, sides)) await side.revive();
}

// Cuts the next COMMITs of the second replicas; the way to them is the proxy.
const loseCommits = (when) => async ({ proxy }) => {
  const lost = proxy.lost[when];
  for (let i = 0; i < COMMITS; ++i) proxy.loseNext(when);
  await until(`the COMMITs to be lost ${when} the server had them`, () => proxy.lost[when] >= lost + COMMITS);
};

export const ACTIONS = {
  'kill activity_svc': killOne('activity_svc'),
  'kill volunteer_svc': killOne('volunteer_svc'),
  'kill both activity_svc': (world) => killBoth('activity_svc', world, () => pause(300 * world.random())),
  'kill the database': async ({ stack, random }) => {
    stack.killDatabase();
    await pause(300 * random());
    await stack.revive();
  },
  'lose COMMIT before': loseCommits('before'),
  'lose COMMIT after': loseCommits('after'),
  'repeat events': ({ socket, random }) => repeatEvents(socket, random),
  'turn the cursor back': (world) => killBoth('volunteer_svc', world, async () => {
    turnBack(world.socket, CONSUMERS, world.random);
  }),
  // Old facts and new ones, in another order, for consumers that come back.
  'reorder events': (world) => killBoth('volunteer_svc', world, async () => {
    await pause(1000 * world.random());
    repeatEvents(world.socket, world.random);
    world.reordered += reorderUnread(world.socket, CONSUMERS, world.random);
  }),
  'poison event': ({ socket, random, poison }) => { poison.push(poisonEvent(socket, random)); },
};

// What operators meet.
export const FAULTS = {
  'restart the database': restartDatabase,
  'freeze the database for 2 s': freezeDatabase(2),
  'slow database for 3 s': slowDatabase(3),
  'no connections left for 2 s': exhaustConnections(2),
  'read-only database for 2 s': readOnlyDatabase(2),
  'no file descriptors left for 2 s': exhaustDescriptors(2),
  'no memory left for 3 s': exhaustMemory(3),
  'freeze activity_svc for 1 s': freezeOne('activity_svc', 1),
  'freeze activity_svc for 5 s': freezeOne('activity_svc', 5),
  'freeze volunteer_svc for 5 s': freezeOne('volunteer_svc', 5),
  'freeze org_svc for 5 s': freezeOne('org_svc', 5),
  'freeze a gateway for 5 s': freezeOne('gateway', 5),
};

// The same for so long that whoever waits gives up: longer than the deadline of any call.
export const LONG_FAULTS = {
  'freeze activity_svc for 30 s': freezeOne('activity_svc', 30),
  'freeze the database for 35 s': freezeDatabase(35),
};

// Does all of `names` in an order of its own, with pauses of up to `longest` ms between; tells `log` what it does.
export async function rage(world, names, longest, log) {
  for (const name of shuffled(world.random, names)) {
    await pause(longest * world.random());
    const began = performance.now();
    await ACTIONS[name](world);
    log(`${name} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  }
  await pause(longest);
}
