// The document of wenming's own contract, as the program itself serves it, is valid OpenAPI 3.1.

import { Validator } from '@seriousme/openapi-schema-validator';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';

const BUILD = process.env.WENMING_BUILD_DIR;

let gateway;
let base;
let document;

before(async () => {
  gateway = spawn(path.join(BUILD, 'bin/gateway'), ['--descriptors', path.join(BUILD, 'wenming.binpb'),
    '--backend', 'wenming=127.0.0.1:1', '--http', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: gateway.stdout })) {
    const { message, http } = JSON.parse(line);
    if (message === 'started') {
      base = `http://127.0.0.1:${http}`;
      break;
    }
  }
  document = await (await fetch(`${base}/openapi.json`)).json();
});
after(() => gateway?.kill());

test('it is valid', async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(document));
  assert.equal(valid, true, JSON.stringify(errors, null, 2));
  assert.equal(validator.version, '3.1');
});

test('every parameter of a path is described, and no other', () => {
  for (const [text, item] of Object.entries(document.paths)) {
    const inText = [...text.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name);
    assert.equal(new Set(inText).size, inText.length, text);
    for (const { parameters, operationId } of Object.values(item)) {
      const described = parameters.filter((one) => one.in === 'path').map(({ name }) => name);
      assert.deepEqual(described, inText, operationId);
      const all = parameters.map((one) => `${one.in} ${one.name}`);
      assert.equal(new Set(all).size, all.length, operationId);
    }
  }
});

test('no two operations share an id', () => {
  const ids = Object.values(document.paths).flatMap((item) => Object.values(item).map(({ operationId }) => operationId));
  assert.equal(new Set(ids).size, ids.length);
});

test('everything that people read is described', () => {
  const bare = Object.entries(document.components.schemas).filter(([name, { description }]) =>
    name.startsWith('wenming.') && !description).map(([name]) => name);
  assert.deepEqual(bare, []);
  for (const item of Object.values(document.paths)) {
    for (const { operationId, summary } of Object.values(item)) assert.match(summary, / /, operationId);
  }
});
