// Rotates the key that certificates are signed with. Services read it whenever they sign, so nobody is waited for; its public
// half is there before it, and stays for good: a certificate is verified years after it was signed.

import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { writeSecret } from './data.mjs';
import { generationsOf } from './tokens.mjs';

const fileOf = (keys, generation, ending) => path.join(keys, `certificate${generation === 0 ? '' : `.${generation}`}.${ending}.pem`);

// Returns the new generation. One whose public half alone was written before a cut is not used again.
export function rotateCertificates(keys) {
  const generation = Math.max(...generationsOf(keys, 'certificate', 'public'), ...generationsOf(keys, 'certificate', 'sign'), 0) + 1;
  const { privateKey, publicKey } = crypto.generateKeyPairSync('ed25519');
  writeSecret(fileOf(keys, generation, 'public'), publicKey.export({ type: 'spki', format: 'pem' }));
  writeSecret(fileOf(keys, generation, 'sign'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  return generation;
}

// Removes the private halves that do not sign any more. Returns the names of the files that went.
export function retireCertificates(keys) {
  return generationsOf(keys, 'certificate', 'sign').slice(0, -1).map((generation) => {
    const file = fileOf(keys, generation, 'sign');
    fs.rmSync(file);
    return path.basename(file);
  });
}
