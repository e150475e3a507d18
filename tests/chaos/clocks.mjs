// Starting a process on a machine whose clock is wrong: libfaketime, with tests/support/futex_clock.c.

import fs from 'node:fs';
import path from 'node:path';

const library = fs.readdirSync('/usr/lib').map((folder) => path.join('/usr/lib', folder, 'faketime/libfaketimeMT.so.1'))
  .find((file) => fs.existsSync(file));

// Why clocks cannot be shifted here; null where they can.
export const unshiftable = library ? null : 'libfaketime is not installed; tools/install.sh chaos installs it';

// A command, before a program and its arguments, that becomes it with its clock so many seconds ahead.
export function aheadBy(seconds) {
  const shim = path.join(path.resolve(process.env.WENMING_BUILD_DIR), 'lib/futex_clock.so');
  if (!fs.existsSync(shim)) throw new Error(`${shim} is not built`);
  return ['/usr/bin/env', `LD_PRELOAD=${shim}:${library}`, `FAKETIME=${seconds < 0 ? '' : '+'}${seconds}`,
    `CLOCK_AHEAD_SECONDS=${seconds}`, 'FAKETIME_DONT_FAKE_MONOTONIC=1', 'NO_FAKE_STAT=1'];
}
