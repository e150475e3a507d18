// Some of everything that the services count, faults included, on a stack of the demo.

import { execFile, spawn } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { until } from '../../tools/local/process.mjs';
import { ROOT } from '../../tools/local/settings.mjs';
import { field, unary } from '../e2e/grpc_client.mjs';

const GET_UNIT = '/wenming.org.v1.UnitsService/GetUnit';
const UNAVAILABLE = 14;
const PATIENCE_MS = 30000;

async function eventually(what, condition) {
  if (!(await until(condition, PATIENCE_MS))) throw new Error(`${what}: not within ${PATIENCE_MS / 1000} s`);
}

const getUnit = (stack) => unary(stack.record.grpc, GET_UNIT, field(1, stack.account('center').unit_name));

// Both fronts answer that a service is not there.
async function failures(stack) {
  stack.kill('org_svc');
  await eventually('a 503', async () => (await stack.session.send('GET', '/v1/units')).status === 503);
  await eventually('an UNAVAILABLE', async () => (await getUnit(stack)).status === UNAVAILABLE);
  await stack.revive();
}

// A transaction is run again, for it waits too long for a row that somebody else has locked.
async function retries(stack) {
  const { socket } = stack.record.database;
  const client = spawn('mariadb', ['--no-defaults', `--socket=${socket}`, '--user=root', '--unbuffered', '--skip-column-names', 'wenming_org']);
  try {
    const locked = new Promise((resolve) => client.stdout.once('data', resolve));
    client.stdin.write("BEGIN; SELECT id FROM staff FOR UPDATE; SELECT 'locked';\n");
    await locked;
    const logIn = stack.enter('station1').catch(() => {});
    const { metrics } = stack.record.services.org_svc;
    await eventually('a transaction run again', async () =>
      (await (await fetch(`${metrics}/metrics`)).text()).includes('wenming_db_transaction_retries_total{'));
    client.stdin.end();
    await logIn;
  } finally {
    client.kill();
  }
}

// The story of an activity, from sign-up to credited hours, and calls at the gRPC edge.
async function story(stack) {
  const told = promisify(execFile)(process.execPath, [path.join(ROOT, 'tools/demo.mjs'), '--run-dir', stack.runDir], { timeout: 300000 });
  for (let i = 0; i < 20; ++i) await getUnit(stack);
  await told;
}

export async function makeLoad(stack) {
  await failures(stack);
  await retries(stack);
  await story(stack);
}
