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

/** The front page's words for what docs/quality.md calls by the program's names. */
const METHODS = {
  'popularity': 'popular', 'static factors (ALS)': 'static', 'item-kNN': 'item-knn', 'sequential rules': 'seq-rules',
  'fold-in with forgetting': 'fold-in', 'personal frequency with decay': 'freq-decay', '**homebody, the learnt mix**': 'blend',
};

test('how well lists rank is what docs/quality.md says', () => {
  const cells = (line) => line.split('|').slice(1, -1).map((cell) => cell.trim());
  const rows = english.split('\n').filter((line) => line.startsWith('|') && /0\.\d{4}/.test(line) && !line.includes('†')).map(cells);
  assert.deepEqual(rows.map(([name]) => name).sort(), Object.keys(METHODS).sort());

  const quality = read('docs/quality.md');
  const measured = (heading, method) => {
    const line = quality.split(`## ${heading}`)[1].split('\n## ')[0].split('\n').find((text) => text.startsWith(`| ${method} |`));
    const figures = line ? cells(line).map((cell) => cell.split(' ')[0]) : [];
    return [figures[3] ?? '', figures[6] ?? '']; // NDCG@20 of all items and of new ones
  };
  for (const [name, ...said] of rows) {
    assert.deepEqual(said, [...measured('Groceries', METHODS[name]), ...measured('Anonymous sessions', METHODS[name])], name);
  }
});
