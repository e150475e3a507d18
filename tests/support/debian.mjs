// A bare Debian 12 in a folder of its own, made by debootstrap (as root).

import fs from 'node:fs';
import path from 'node:path';
import { succeed } from '../tools/support.mjs';

const AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt';
const HANDED = '/etc/handed-over.crt';  // not there, since installing ca-certificates makes that file anew

// DEBIAN_MIRROR names the mirror; without it debootstrap's own is taken. `packages` are there beside the required ones.
export function makeDebian(root, packages = []) {
  const include = packages.length > 0 ? [`--include=${packages.join()}`] : [];
  const mirror = process.env.DEBIAN_MIRROR ? [process.env.DEBIAN_MIRROR] : [];
  succeed('debootstrap', ['--variant=minbase', ...include, 'bookworm', root, ...mirror], { timeout: 3600000 });
}

// Our way to the network: names, authorities. What is to be set in the environment beside them.
export function handOver(root) {
  for (const file of ['/etc/resolv.conf', '/etc/hosts']) fs.copyFileSync(file, path.join(root, file));
  const authorities = process.env.NODE_EXTRA_CA_CERTS ?? AUTHORITIES;
  if (!fs.existsSync(authorities)) return {};
  fs.copyFileSync(authorities, path.join(root, HANDED));
  fs.writeFileSync(path.join(root, 'etc/apt/apt.conf.d/99handed-over'), `Acquire::https::CaInfo "${HANDED}";\n`);
  return { NODE_EXTRA_CA_CERTS: HANDED, npm_config_cafile: HANDED };
}
