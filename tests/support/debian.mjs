// A bare Debian 12 in a folder of its own, made by debootstrap (as root).

import { succeed } from '../tools/support.mjs';

// DEBIAN_MIRROR names the mirror; without it debootstrap's own is taken. `packages` are there beside the required ones.
export function makeDebian(root, packages = []) {
  const include = packages.length > 0 ? [`--include=${packages.join()}`] : [];
  const mirror = process.env.DEBIAN_MIRROR ? [process.env.DEBIAN_MIRROR] : [];
  succeed('debootstrap', ['--variant=minbase', ...include, 'bookworm', root, ...mirror], { timeout: 3600000 });
}
