// What is told of the calls that a service has served.

import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';
import { Log } from './loops.mjs';
import { servedBy } from './stand.mjs';

const page = ({ taken, good, refused }) => `# HELP grpc_server_started_total RPCs started on the server.
grpc_server_started_total{grpc_method="ListMyRegistrations",grpc_type="unary"} ${taken - 1}
grpc_server_started_total{grpc_method="CreateRegistration",grpc_type="unary"} 1
grpc_server_started_total{grpc_method="GetShift",grpc_type="unary"} 77
grpc_server_handled_total{grpc_code="OK",grpc_method="ListMyRegistrations"} ${good}
grpc_server_handled_total{grpc_code="OK",grpc_method="GetShift"} 77
grpc_server_handled_total{grpc_code="ResourceExhausted",grpc_method="ListMyRegistrations"} ${refused}
`;

test('the calls that a load brought are counted once all are answered, and the good answers that nobody got', async (t) => {
  const pages = [
    { taken: 10, good: 8, refused: 2 },    // before
    { taken: 110, good: 48, refused: 32 },  // some are still at hand
    { taken: 110, good: 58, refused: 52 },
  ];
  let asked = 0;
  // Both metrics are read of each page.
  const server = http.createServer((request, response) => response.end(page(pages[Math.min(asked++ >> 1, 2)])));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => { server.closeAllConnections?.(); server.close(); });
  const log = new Log();
  for (let i = 0; i < 45; ++i) log.note(0, 200);
  log.note(0, 504);
  const service = { name: 'activity_svc', metrics: `http://127.0.0.1:${server.address().port}` };
  const { told, taken, inVain } = await servedBy(service, async () => ({ told: 'all', logs: [log] }));
  assert.deepEqual({ told, taken, inVain }, { told: 'all', taken: 100, inVain: 5 });
});
