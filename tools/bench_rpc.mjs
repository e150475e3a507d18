#!/usr/bin/env node
// usage: ./wenming bench rpc [--json] [--seconds N] [--rounds N] [--in-flight N]
//
// Calls/s and latencies of GetUnit on a real org_svc (token checked, metrics counted) beside a bare ping-pong server
// built in the same tree, in turns, with 64 calls in flight on one connection. The last line is one JSON object.

import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const tools = dirname(fileURLToPath(import.meta.url));
const bin = join(process.env.WENMING_BUILD_DIR ?? join(tools, '../build/release'), 'bin');
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '5' },
    'in-flight': { type: 'string', default: '64' },
  },
});

function stack(runDir, ...args) {
  const { status } = spawnSync(join(tools, 'stack'), [...args, '--run-dir', runDir], { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`tools/stack ${args[0]} failed`);
}

async function call(base, path, body, token) {
  const answer = await fetch(base + path, {
    method: body ? 'POST' : 'GET',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: body && JSON.stringify(body),
  });
  const json = await answer.json();
  if (!answer.ok) throw new Error(`${path}: ${JSON.stringify(json)}`);
  return json;
}

const runDir = mkdtempSync(join(tmpdir(), 'wenming-bench-'));
let pingpong;
try {
  stack(runDir, 'start', '--ports', 'auto', '--fast-db');
  const { http, admin, services } = JSON.parse(readFileSync(join(runDir, 'stack.json'), 'utf8'));
  const password = readFileSync(admin.password_file, 'utf8').trim();
  const { tokens: { accessToken } } = await call(http, '/v1/auth:password', { username: admin.login, password });
  const csv = readFileSync(join(tools, '../data/hongtong/units.csv')).toString('base64');
  await call(http, '/v1/units:import', { csv }, accessToken);
  const { units } = await call(http, '/v1/units?pageSize=10&level=LEVEL_INSTITUTE', undefined, accessToken);

  pingpong = spawn(join(bin, 'pingpong_server'), { stdio: ['pipe', 'pipe', 'inherit'] });
  const { value: port } = await createInterface({ input: pingpong.stdout })[Symbol.asyncIterator]().next();
  const { status } = spawnSync(
    join(bin, 'get_unit_client'),
    [services.org_svc.grpc, `127.0.0.1:${port}`, units[0].name, accessToken, values.seconds, values.rounds,
      values['in-flight']],
    { stdio: ['ignore', 'inherit', 'inherit'] });
  process.exitCode = status ?? 1;
} finally {
  pingpong?.stdin.end();
  stack(runDir, 'stop', '--wipe');
  rmSync(runDir, { recursive: true, force: true });
}
