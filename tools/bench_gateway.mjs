#!/usr/bin/env node
// usage: ./wenming bench gateway [--json] [--seconds N] [--rounds N] [--connections N] [--sweep] [--alone]
//
// GET requests/s and latencies of the gateway, of Go's grpc-gateway as the peer and of nginx with a static answer as the
// limit, in turns, over the same connections, with the same back end and the same message; then what the gateway keeps in
// its cache. Medians of the rounds. The peer is built from Debian's packages, the first time for some minutes. The last
// line is one JSON object.
//
//   --sweep   also POST bodies, on 8 connections, that come back as they are: numbers, texts, nesting, 60,000 elements, a megabyte
//   --alone   without the peer and nginx, whose figures are null
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const tools = dirname(fileURLToPath(import.meta.url));
const root = join(tools, '..');
const build = process.env.WENMING_BUILD_DIR ?? join(root, 'build/release');
const THREADS = 2;  // of the gateway and of nginx; the peer takes all there are
const THING = '/v1/shelves/1/things/2';
const SWEEPERS = '8';  // connections that send large bodies
const CACHED = '/v1/cached/1/things/2';
const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '64' },
    sweep: { type: 'boolean', default: false },
    alone: { type: 'boolean', default: false },
  },
});

function run(command, args, settings = {}) {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 2, 2], ...settings });
  if (status !== 0) throw new Error(`${command} ${args[0]} failed: ${error ?? `exit status ${status}`}`);
}

// grpc-gateway in front of things.proto, from Debian's Go packages alone: no module is fetched from anywhere.
function buildPeer() {
  const dir = join(build, 'bench_peer');
  const binary = join(dir, 'peer');
  const sources = ['things.proto', 'peer/main.go'].map((name) => join(root, 'tests/bench/gateway', name));
  if (existsSync(binary) && sources.every((source) => statSync(source).mtimeMs < statSync(binary).mtimeMs)) return binary;
  run(join(tools, 'install.sh'), ['bench']);
  process.stderr.write('building grpc-gateway from Debian\'s packages\n');
  const things = join(dir, 'src/peer/things');
  mkdirSync(things, { recursive: true });
  writeFileSync(join(dir, 'src/peer/main.go'), readFileSync(sources[1]));
  const proto = 'tests/bench/gateway/things.proto';
  run('protoc', ['-I', '.', '-I', 'node_modules/google-proto-files', `--go_out=plugins=grpc:${dir}/src`,
    `--grpc-gateway_out=logtostderr=true:${dir}/src`, proto], { cwd: root });
  run('go', ['build', '-o', binary, 'peer'], {
    cwd: dir,
    env: { ...process.env, GO111MODULE: 'off', GOPATH: `${dir}:/usr/share/gocode`, CGO_ENABLED: '0', GOFLAGS: '',
      GOCACHE: join(dir, 'cache') },
  });
  return binary;
}

const started = [];

// A server that prints its port and serves until its standard input ends.
async function serve(command, args) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  started.push(child);
  const { value: line } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  if (!/^\d+$/.test(line ?? '')) throw new Error(`${command} has not said its port`);
  return { port: Number(line), pid: child.pid };
}

async function until(what, ready) {
  const end = performance.now() + 10000;
  while (!await ready()) {
    if (performance.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => { setTimeout(resolve, 20); });
  }
}

const answers = async (port, path) => (await fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined))?.ok ?? false;

// Ports that nobody has at this moment.
async function freePorts(count) {
  const { createServer } = await import('node:net');
  const servers = await Promise.all(Array.from({ length: count }, () => new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
  })));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => { server.close(resolve); })));
  return ports;
}

async function startGateway(backEnd) {
  const [port] = await freePorts(1);
  const child = spawn(join(build, 'bin/gateway'), ['--descriptors', join(build, 'bench_things.binpb'), '--access', 'none',
    '--backend', `wenming.bench.v1=127.0.0.1:${backEnd}`, '--http', `127.0.0.1:${port}`, '--threads', String(THREADS)],
  { stdio: ['ignore', 'ignore', 'inherit'] });
  started.push(child);
  await until('the gateway', () => answers(port, THING));
  return { port, pid: child.pid };
}

// The same bytes as the gateway's answer, from memory.
async function startNginx(dir, body) {
  const [port] = await freePorts(1);
  const quoted = body.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('$', '${dollar}');
  writeFileSync(join(dir, 'nginx.conf'), `daemon off; worker_processes ${THREADS}; pid nginx.pid; error_log stderr error;
    events { worker_connections 1024; }
    http { access_log off; keepalive_requests 1000000000; default_type application/json;
      client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
      geo $dollar { default "$"; }
      server { listen 127.0.0.1:${port}; location / { return 200 '${quoted}'; } } }`);
  started.push(spawn('/usr/sbin/nginx', ['-p', dir, '-c', 'nginx.conf', '-e', 'stderr'], { stdio: ['ignore', 'ignore', 'inherit'] }));
  await until('nginx', () => answers(port, '/'));
  return { port };
}

function load({ port }, target, bodyFile) {
  const args = [String(port), options.seconds, bodyFile ? SWEEPERS : options.connections, target, ...(bodyFile ? [bodyFile] : [])];
  const { status, stdout } = spawnSync(join(build, 'bin/http_load'), args, { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
  if (status !== 0) throw new Error(`requests for ${target} have failed: ${stdout}`);
  return JSON.parse(stdout);
}

// Of a process, in microseconds; the kernel counts in hundredths of a second.
function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10000;
}

const residentMb = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;

function median(values) {
  const known = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  return known.length === 0 ? null : known[Math.floor(known.length / 2)];
}

const rounded = (value, digits) => (value === null ? null : Number(value.toFixed(digits)));

function compare(ours, peer, nginx) {
  const rounds = [];
  for (let round = 0; round <= Number(options.rounds); ++round) {
    const before = cpuOf(ours.pid);
    const pass = load(ours, THING);
    const cpu = (cpuOf(ours.pid) - before) / pass.answers;
    const beside = peer && load(peer, THING);
    const cached = load(ours, CACHED);
    const limit = nginx && load(nginx, '/');
    if (round === 0) continue;  // everything is warm now
    rounds.push({ pass, peer: beside, cached, nginx: limit, cpu, ratio: beside && pass.qps / beside.qps });
    process.stderr.write(`gateway ${pass.qps.toFixed(0)}/s (p99 ${pass.p99_ms} ms), cached ${cached.qps.toFixed(0)}/s`
      + (peer ? `, peer ${beside.qps.toFixed(0)}/s (p99 ${beside.p99_ms} ms), nginx ${limit.qps.toFixed(0)}/s` : '') + '\n');
  }
  const of = (read, digits) => rounded(median(rounds.map(read)), digits);
  return {
    pass_qps: of(({ pass }) => pass.qps, 0), pass_p99_ms: of(({ pass }) => pass.p99_ms, 2),
    peer_qps: of(({ peer: { qps } = {} }) => qps, 0), peer_p99_ms: of(({ peer: { p99_ms: p99 } = {} }) => p99, 2),
    ratio: of(({ ratio }) => ratio, 2), cached_qps: of(({ cached }) => cached.qps, 0),
    nginx_qps: of(({ nginx: { qps } = {} }) => qps, 0), cpu_us_per_req: of(({ cpu }) => cpu, 1),
    rss_mb: rounded(residentMb(ours.pid), 1),
  };
}

const nested = (depth) => (depth === 0 ? {} : { numbers: [depth], child: nested(depth - 1) });
const LOADS = {
  '100 numbers': { numbers: Array.from({ length: 100 }, (_, i) => i * 7919) },
  '100 texts': { texts: Array.from({ length: 100 }, (_, i) => `新时代文明实践 ${i}`) },
  'nested 20 deep': nested(20),
  '60,000 numbers': { numbers: Array.from({ length: 60000 }, (_, i) => i) },
  'a megabyte of text': { texts: Array.from({ length: 1024 }, () => 'x'.repeat(1020)) },
};

function sweep(dir, ours, peer) {
  const found = {};
  for (const [name, message] of Object.entries(LOADS)) {
    const file = join(dir, 'body.json');
    writeFileSync(file, JSON.stringify(message));
    const figures = [];
    for (let round = 0; round < Number(options.rounds); ++round) {
      figures.push({ ours: load(ours, '/v1/loads:echo', file).qps, peer: peer && load(peer, '/v1/loads:echo', file).qps });
    }
    found[name] = { qps: rounded(median(figures.map(({ ours: qps }) => qps)), 0), peer_qps: rounded(median(figures.map(({ peer: qps }) => qps)), 0) };
    process.stderr.write(`${name}: ${JSON.stringify(found[name])}\n`);
  }
  return found;
}

const dir = mkdtempSync(join(tmpdir(), 'wenming-bench-'));
try {
  const peerBinary = options.alone ? undefined : buildPeer();
  const backEnd = await serve(join(build, 'bin/things_server'), []);
  const ours = await startGateway(backEnd.port);
  const body = await (await fetch(`http://127.0.0.1:${ours.port}${THING}`)).text();
  const peer = peerBinary && await serve(peerBinary, [`127.0.0.1:${backEnd.port}`]);
  const nginx = peerBinary && await startNginx(dir, body);
  if (peer) {
    await until('the peer', () => answers(peer.port, THING));
    assert.deepEqual(await (await fetch(`http://127.0.0.1:${peer.port}${THING}`)).json(), JSON.parse(body), 'another answer');
  }
  const figures = compare(ours, peer, nginx);
  if (options.sweep) figures.sweep = sweep(dir, ours, peer);
  console.log(JSON.stringify(figures));
} finally {
  for (const child of started.reverse()) child.kill('SIGTERM');
  await Promise.all(started.map((child) => child.exitCode !== null || child.signalCode !== null
    || new Promise((resolve) => { child.once('exit', resolve); })));
  rmSync(dir, { recursive: true, force: true });
}
