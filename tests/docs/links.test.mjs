// Every link of every document leads somewhere, and no two decisions have one number.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DOCUMENTS, ROOT, anchors, links } from './documents.mjs';

test('every link leads to a file, and to a heading in it', () => {
  assert.ok(DOCUMENTS.includes('README.md') && DOCUMENTS.length > 15, DOCUMENTS.join(' '));
  const broken = DOCUMENTS.flatMap((name) => links(name)
    .filter(({ path, anchor }) => !existsSync(join(ROOT, path)) || (anchor && !anchors(path).includes(anchor)))
    .map(({ to }) => `${name}: ${to}`));
  assert.deepEqual(broken, []);
});

test('no two decisions have one number', () => {
  const numbers = readdirSync(join(ROOT, 'docs/decisions')).map((name) => /^(\d{4})-[a-z0-9-]+\.md$/.exec(name)?.[1] ?? name);
  assert.deepEqual(numbers.filter((number, at) => numbers.indexOf(number) !== at), []);
});
