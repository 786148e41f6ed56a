// docs/coverage.md names nothing that does not exist. Its links are checked with all others.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT, isRustTest, read } from './documents.mjs';

const PROGRAM = process.env.HOMEBODY_BIN ?? join(ROOT, 'target/release/homebody');
const text = read('docs/coverage.md');
const rows = text.split('\n').filter((line) => /^\| [0-9]/.test(line));
const spans = [...new Set([...text.matchAll(/`([^`]+)`/g)].map(([, span]) => span))];

test('each id has one row, which says where it is or that it is not', () => {
  const ids = rows.map((row) => row.split('|')[1].trim());
  assert.deepEqual(ids.filter((id, at) => ids.indexOf(id) !== at), []);
  assert.ok(ids.length >= 90, `${ids.length} rows`);
  const empty = rows.filter((row) => !/`|\]\(|not yet|see |In part|in part/.test(row.split('|')[3]));
  assert.deepEqual(empty, []);
});

test('each test that is named is there', () => {
  const names = spans.filter((span) => /^[a-z0-9]+(_[a-z0-9]+){2,}$/.test(span));
  assert.ok(names.length > 30);
  assert.deepEqual(names.filter((name) => !isRustTest(name)), []);
});

test('each command has the flags that are named', () => {
  const commands = spans.filter((span) => span.startsWith('homebody '));
  assert.ok(commands.length > 20);
  const help = (name) => execFileSync(PROGRAM, [name, '--help'], { encoding: 'utf8' });
  const wrong = commands.flatMap((command) => command.split(' ').filter((word) => word.startsWith('--'))
    .filter((flag) => !new RegExp(`${flag}\\b`).test(help(command.split(' ')[1]))).map((flag) => `${command}: ${flag}`));
  assert.deepEqual(wrong, []);
});

test('each example and task is there', () => {
  for (const name of text.match(/--example (\w+)/g)) assert.ok(existsSync(join(ROOT, `examples/${name.split(' ')[1]}.rs`)), name);
  const usage = read('xtask/src/main.rs');
  for (const [, task] of text.matchAll(/`cargo xtask (\w+)/g)) assert.ok(usage.includes(`cargo xtask ${task}`), task);
});
