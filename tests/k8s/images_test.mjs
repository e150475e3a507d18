// The Dockerfile's images are made, small, and run as nobody else; and all four together do their work on a real database, each told
// what its Deployment and its Job in k8s/ tell, until each is ready and the gateway answers.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { until } from '../../tools/local/process.mjs';
import { isReady } from '../../tools/local/services.mjs';
import { HOST } from '../../tools/local/settings.mjs';
import { ROOT, succeed } from '../tools/support.mjs';
import { BASE, Images, PROGRAMS } from './images.mjs';
import { MariadbSet, WAIT } from './mariadb_set.mjs';
import { build, K8S } from './objects.mjs';
import { containers, named } from './parts.mjs';

const SERVICES = Object.keys(PROGRAMS).filter((target) => target !== 'gateway');
const NOBODY = 64017;
const PASSWORD = 'Secret-secret-1';
// What each has beyond the Debian below it; volunteer-svc has the fonts of certificates.
const MEGABYTES_AT_MOST = { gateway: 60, 'org-svc': 85, 'volunteer-svc': 220, 'activity-svc': 135 };

const SCHEMAS = SERVICES.map((target) => `wenming_${target.split('-')[0]}`).map((name) => `CREATE DATABASE ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE USER ${name}@'%' IDENTIFIED BY '${PASSWORD}'; GRANT ALL PRIVILEGES ON \`${name.replace('_', '\\_')}\`.* TO ${name}@'%';`).join('\n');

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'wenming-'));
const started = [];
let images;
let set;

// Keys and passwords as a pod has them: for its user, and for nobody else.
function makePods() {
  const pods = path.join(directory, 'pods');
  succeed(path.join(ROOT, 'tools/make_keys.sh'), [path.join(pods, 'keys')]);
  for (const folder of [...Object.keys(PROGRAMS), 'bootstrap', 'audit']) fs.mkdirSync(path.join(pods, folder));
  for (const folder of [...SERVICES, 'bootstrap']) fs.writeFileSync(path.join(pods, folder, 'password'), `${PASSWORD}\n`);
  succeed('chown', ['-R', `${NOBODY}:${NOBODY}`, pods]);
  succeed('chmod', ['-R', 'u=rwX,go=', pods]);
}

async function startDatabase() {
  const folder = path.join(directory, 'database');
  fs.mkdirSync(folder);
  set = new MariadbSet(folder, build(path.join(K8S, 'overlays/county')), SCHEMAS);
  await set.start(0);
}

before(async () => {
  images = new Images(directory);
  images.makeBase();
  makePods();
  await startDatabase();
});
after(async () => {
  await Promise.all(started.map((program) => images.end(program)));
  await set?.stop();
  fs.rmSync(directory, { recursive: true, force: true });
});

test('every image is made, is small, and runs as nobody else', (t) => {
  const built = images.builtBy();
  const below = images.sizeOf(BASE);
  for (const [target, program] of Object.entries(PROGRAMS)) {
    images.bud('--build-context', `build=${built}`, '--target', target, '-t', `wenming/${target}`, '-f', path.join(ROOT, 'Dockerfile'), ROOT);
    const { OCIv1: { config } } = JSON.parse(images.buildah('inspect', '--type', 'image', `wenming/${target}`));
    assert.deepEqual([config.User, config.Entrypoint], [`${NOBODY}:${NOBODY}`, [`/usr/bin/${program}`]], target);
    assert.equal(images.inside(`wenming/${target}`, 'id', '-u'), String(NOBODY), target);
    const megabytes = Math.round((images.sizeOf(`wenming/${target}`) - below) / 1e6);
    t.diagnostic(`${target}: ${megabytes} MB on a Debian of ${Math.round(below / 1e6)} MB`);
    assert.ok(megabytes <= MEGABYTES_AT_MOST[target], `${target} has ${megabytes} MB`);
  }
  assert.match(images.inside('wenming/volunteer-svc', 'fc-match', ':lang=zh-cn'), /Noto.*CJK/, 'certificates have their fonts');
});

// What the container of a kind in k8s/base says to the program.
const toldBy = (target, kind, name) => images.told(containers(named(build(path.join(K8S, 'base', target)), kind, name))[0],
  { DATABASE_HOST: HOST, DATABASE_PORT: set.members[0].port, PUBLIC_URL: 'https://wenming.example' });

test('all of them work together as their Deployments have them', async () => {
  for (const target of SERVICES) images.runToEnd(target, await toldBy(target, 'Job', `${target}-migration`));
  for (const target of Object.keys(PROGRAMS)) started.push(images.start(target, await toldBy(target, 'Deployment', target)));
  for (const { target, log, metrics } of started) {
    assert.ok(await until(() => isReady(PROGRAMS[target], metrics), WAIT), `${target} is not ready:\n${fs.readFileSync(log, 'utf8').slice(-2000)}`);
  }
  const gateway = `http://${HOST}:${await images.portFor(8080)}`;
  assert.equal((await fetch(`${gateway}/healthz`)).status, 200);
  const { openapi } = await (await fetch(`${gateway}/openapi.json`)).json();
  assert.match(openapi, /^3\.1/, 'its routes are there');
  const answer = await fetch(`${gateway}/v1/auth:password`, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ username: 'admin', password: 'wrong', device: 'a test' }),
  });
  assert.equal(answer.status, 401, await answer.text());
  for (const program of [...started].reverse()) assert.equal(await images.end(program), 0, `${program.target} ends when it is told to`);
});
