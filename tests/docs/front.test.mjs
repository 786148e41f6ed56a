// The front page in both languages says the same figures, and no other than those that were measured.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { read } from './documents.mjs';

const [english, chinese] = [read('README.md'), read('README.zh.md')];

test('both languages have the same figures, as often', () => {
  const figures = (text) => (text.match(/\d[\d.,]*\d|\d/g) ?? []).sort();
  assert.ok(figures(english).length > 50, 'there are figures to compare');
  assert.deepEqual(figures(chinese), figures(english));
});

test('both have the same ten lines, pictures and links', () => {
  const code = (text) => /```js\n(.*?)```/s.exec(text)?.[1];
  assert.ok(code(english).trim().split('\n').length <= 10, 'ten lines');
  assert.equal(code(chinese), code(english));
  const links = (text) => [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, to]) => to).filter((to) => !to.startsWith('README')).sort();
  assert.deepEqual(links(chinese), links(english));
  assert.ok(english.includes('(README.zh.md)') && chinese.includes('(README.md)'), 'each leads to the other');
});

test('the package has one size, which `cargo xtask test sizes` holds to what is measured', () => {
  const [, size] = /in (\d+) kB/.exec(english);
  assert.ok(english.includes(`| **homebody** | ${size} |`));
});

test('how well lists rank is what docs/quality.md says', () => {
  const measured = new Set(read('docs/quality.md').match(/0\.\d{4}/g));
  const rows = english.split('\n').filter((line) => line.startsWith('|') && /0\.\d{4}/.test(line) && !line.includes('†'));
  assert.ok(rows.length > 5, 'the table is there');
  for (const row of rows) {
    for (const figure of row.match(/0\.\d{4}/g)) assert.ok(measured.has(figure), `${figure} of ${row}`);
  }
});
