// The four processes of the stack: which binary, with which flags, and how each is asked whether it is ready.

import fs from 'node:fs';
import path from 'node:path';
import { HOST } from './settings.mjs';

// The three that own data, in the order in which a reader meets them; each has a schema and a database user of its own.
export const STORES = {
  org_svc: { schema: 'wenming_org', package: 'wenming.org.v1' },
  volunteer_svc: { schema: 'wenming_volunteer', package: 'wenming.volunteer.v1' },
  activity_svc: { schema: 'wenming_activity', package: 'wenming.activity.v1' },
};
export const SERVICES = [...Object.keys(STORES), 'gateway'];

export const paths = (runDir) => ({
  log: path.join(runDir, 'log'),
  keys: path.join(runDir, 'keys'),
  audit: path.join(runDir, 'audit'),
  database: path.join(runDir, 'db'),
  prometheus: path.join(runDir, 'prometheus'),
  stack: path.join(runDir, 'stack.json'),
  stopped: path.join(runDir, 'stopped.json'),
  lock: path.join(runDir, 'lock'),
  demo: path.join(runDir, 'demo.json'),
  demoPassword: path.join(runDir, 'demo.password'),
  adminPassword: path.join(runDir, 'admin.password'),
  passwords: path.join(runDir, 'passwords'),
  passwordOf: (service) => path.join(runDir, 'passwords', service),
  logOf: (service) => path.join(runDir, 'log', `${service}.log`),
  migrationLogOf: (service) => path.join(runDir, 'log', `${service}-migration.log`),
});

function storeFlags(name, { runDir, ports, dev, fastDb, wechat, publicUrl }, socket) {
  const address = (port) => `${HOST}:${ports[port]}`;
  const where = paths(runDir);
  const flags = [
    `--grpc=${address(name)}`,
    `--metrics=${address(`${name}_metrics`)}`,
    `--db-socket=${socket}`,
    `--db-user=${STORES[name].schema}`,
    `--db-password-file=${where.passwordOf(name)}`,
    `--db-schema=${STORES[name].schema}`,
    '--db-connections=16',
    `--keys=${where.keys}`,
    `--audit-heads=${where.audit}`,
  ];
  if (name === 'org_svc') flags.push(`--bootstrap-admin-password-file=${where.adminPassword}`);
  if (name === 'org_svc') flags.push(`--volunteer-revocations=${address('volunteer_svc')}`);
  if (name !== 'org_svc') flags.push(`--directory=${address('org_svc')}`);
  if (name === 'volunteer_svc') flags.push(`--activity-events=${address('activity_svc')}`);
  if (name === 'volunteer_svc') flags.push(`--public-url=${publicUrl ?? `http://${address('http')}`}`);
  if (name === 'volunteer_svc' && wechat) {
    flags.push(`--wechat-url=${wechat.url}`, `--wechat-app-id=${wechat.app_id}`, `--wechat-secret-file=${wechat.secret_file}`);
  }
  if (name === 'activity_svc') flags.push(`--volunteer-events=${address('volunteer_svc')}`);
  if (dev) flags.push('--dev', '--reflection');
  if (fastDb) flags.push('--allow-unsafe-database');
  return flags;
}

const descriptors = ({ buildDir }) => path.join(buildDir, 'wenming.binpb');

function gatewayFlags(settings) {
  const { ports, dev, trustedProxy } = settings;
  const address = (port) => `${HOST}:${ports[port]}`;
  return [
    ...['--descriptors', descriptors(settings)],
    ...Object.entries(STORES).flatMap(([name, store]) => ['--backend', `${store.package}=${address(name)}`]),
    ...['--http', address('http'), '--grpc', address('grpc'), '--metrics', address('gateway_metrics')],
    ...SERVICES.flatMap((name) => ['--ops-target', `${name}=${address(`${name}_metrics`)}`]),
    ...['--ops-access', 'wenming.org.v1.OperationsService.CheckAccess'],
    ...(dev ? ['--forward-header', 'x-wenming-now'] : []),
    ...(trustedProxy ? ['--trusted-proxy', trustedProxy] : []),
  ];
}

// What should run: a map from service to { binary, files (it is made of), args, grpc, metrics (a URL), log, migrationLog, ports
// (names of those it listens on) }.
export function wanted(settings, socket) {
  return Object.fromEntries(SERVICES.map((name) => [name, {
    binary: path.join(settings.buildDir, 'bin', name),
    args: name === 'gateway' ? gatewayFlags(settings) : storeFlags(name, settings, socket),
    files: [path.join(settings.buildDir, 'bin', name), ...(name === 'gateway' ? [descriptors(settings)] : [])],
    grpc: `${HOST}:${settings.ports[name === 'gateway' ? 'grpc' : name]}`,
    metrics: `http://${HOST}:${settings.ports[`${name}_metrics`]}`,
    log: paths(settings.runDir).logOf(name),
    migrationLog: paths(settings.runDir).migrationLogOf(name),
    ports: name === 'gateway' ? ['http', 'grpc', 'gateway_metrics'] : [name, `${name}_metrics`],
  }]));
}

// When the youngest of the files was written; NaN when one is missing.
export const builtAt = (files) => Math.max(...files.map((file) => fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? NaN));

// True when the process behind that metrics URL says that it is ready. A gateway says so as long as one of its back ends is
// there; here it must have all.
export async function isReady(name, metrics) {
  try {
    const answer = await fetch(`${metrics}/metrics`, { signal: AbortSignal.timeout(2000) });
    const text = await answer.text();
    return answer.ok && /^wenming_ready 1$/m.test(text) && !/^gateway_backend_connections\{.*\} 0$/m.test(text);
  } catch {
    return false;
  }
}
