// Where the local stack lives and listens: flags, then environment, then what was recorded of it, then defaults.

import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Problem } from './problem.mjs';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const HOST = '127.0.0.1';

// Every port of the stack: its default, and how to choose another one.
export const PORTS = {
  http: { port: 8080, flag: 'http', env: 'WENMING_HTTP_PORT', what: 'HTTP' },
  grpc: { port: 9090, flag: 'grpc', env: 'WENMING_GRPC_PORT', what: 'gRPC edge' },
  org_svc: { port: 9101, flag: 'org', env: 'WENMING_ORG_PORT', what: 'org_svc' },
  volunteer_svc: { port: 9102, flag: 'volunteer', env: 'WENMING_VOLUNTEER_PORT', what: 'volunteer_svc' },
  activity_svc: { port: 9103, flag: 'activity', env: 'WENMING_ACTIVITY_PORT', what: 'activity_svc' },
  gateway_metrics: { port: 9200, flag: 'gateway-metrics', env: 'WENMING_GATEWAY_METRICS_PORT', what: 'gateway metrics' },
  org_svc_metrics: { port: 9201, flag: 'org-metrics', env: 'WENMING_ORG_METRICS_PORT', what: 'org_svc metrics' },
  volunteer_svc_metrics: { port: 9202, flag: 'volunteer-metrics', env: 'WENMING_VOLUNTEER_METRICS_PORT', what: 'volunteer_svc metrics' },
  activity_svc_metrics: { port: 9203, flag: 'activity-metrics', env: 'WENMING_ACTIVITY_METRICS_PORT', what: 'activity_svc metrics' },
};

// The command-line options that settings() reads, as util.parseArgs wants them.
export const OPTIONS = {
  'run-dir': { type: 'string' },
  'build-dir': { type: 'string' },
  ports: { type: 'string' },
  dev: { type: 'boolean' },
  'no-dev': { type: 'boolean' },
  'fast-db': { type: 'boolean' },
  'public-url': { type: 'string' },
  'trusted-proxy': { type: 'string' },
  'wechat-url': { type: 'string' },
  'wechat-app-id': { type: 'string' },
  'wechat-secret-file': { type: 'string' },
  ...Object.fromEntries(Object.values(PORTS).map(({ flag }) => [flag, { type: 'string' }])),
};

export const runDirOf = (flags, env = process.env) =>
  path.resolve(flags['run-dir'] ?? (env.WENMING_RUN_DIR || path.join(ROOT, '.run')));

function portNumber(text, source) {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new Problem(`${source} is "${text}", which is no port.`, 'Give a number from 1 to 65535.');
  }
  return port;
}

// True when nothing listens on the port.
export function isFree(port) {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen(port, HOST, () => server.close(() => resolve(true)));
  });
}

// The first of as many free ports in a row as PORTS has: below the kernel's ephemeral range, so that no outgoing connection
// takes one while a service restarts, and in a block that follows from our pid, so that no other start tries the same.
async function freeBlock() {
  const size = Object.keys(PORTS).length;
  for (let block = 0; block < 600; ++block) {
    const first = 20000 + ((process.pid + block) % 600) * 20;
    const free = await Promise.all(Array.from({ length: size }, (_, i) => isFree(first + i)));
    if (free.every(Boolean)) return first;
  }
  throw new Problem('No free block of ports found between 20000 and 32000.');
}

async function choosePorts(flags, env, recorded) {
  const chosen = {};
  const taken = new Map();
  const runs = Object.keys(recorded?.services ?? {}).length > 0;
  const block = flags.ports === 'auto' && !runs ? await freeBlock() : null;
  for (const [index, [name, { port, flag, env: variable, what }]] of Object.entries(PORTS).entries()) {
    if (flags[flag] !== undefined) chosen[name] = portNumber(flags[flag], `--${flag}`);
    else if (env[variable]) chosen[name] = portNumber(env[variable], variable);
    else if (block !== null) chosen[name] = block + index;
    else chosen[name] = recorded?.ports?.[name] ?? port;
    if (taken.has(chosen[name])) {
      throw new Problem(`Port ${chosen[name]} is asked for twice: for ${taken.get(chosen[name])} and for ${what}.`,
        `Choose another with --${flag} PORT or ${variable}.`);
    }
    taken.set(chosen[name], what);
  }
  return chosen;
}

// The application that people log in with at WeChat: { url, app_id, secret_file }, or null. Flags are given all together.
function wechatOf(flags, recorded) {
  const asked = ['wechat-url', 'wechat-app-id', 'wechat-secret-file'].filter((name) => flags[name] !== undefined);
  if (asked.length === 0) return recorded?.wechat ?? null;
  if (!flags['wechat-app-id'] || !flags['wechat-secret-file']) {
    throw new Problem('An application at WeChat has an id and a file with its secret.', 'Give --wechat-app-id ID --wechat-secret-file FILE.');
  }
  return {
    url: flags['wechat-url'] ?? 'https://api.weixin.qq.com',
    app_id: flags['wechat-app-id'],
    secret_file: flags['wechat-secret-file'].split(',').map((file) => path.resolve(file)).join(),
  };
}

// All settings of a stack; `recorded` is its stack.json or stopped.json, or null.
export async function settings(flags, recorded, env = process.env) {
  if (flags.ports !== undefined && flags.ports !== 'auto' && flags.ports !== 'default') {
    throw new Problem(`--ports is "${flags.ports}".`, 'It is "auto" or "default".');
  }
  const buildDir = flags['build-dir'] ?? (env.WENMING_BUILD_DIR || recorded?.build_dir || path.join(ROOT, 'build/release'));
  return {
    runDir: runDirOf(flags, env),
    buildDir: path.resolve(buildDir),
    ports: await choosePorts(flags, env, recorded),
    dev: flags['no-dev'] ? false : flags.dev || (recorded?.dev ?? true),
    fastDb: flags['fast-db'] ?? recorded?.database?.fast ?? false,
    wechat: wechatOf(flags, recorded),
    publicUrl: flags['public-url'] ?? recorded?.public_url ?? null,
    trustedProxy: flags['trusted-proxy'] ?? recorded?.trusted_proxy ?? null,
  };
}
