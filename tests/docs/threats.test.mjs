// docs/threat-model.md names no test that does not exist, and says of each threat what does not stop it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missingTests, read } from './documents.mjs';

const text = read('docs/threat-model.md');

test('each test that the threat model names is there', () => {
  const { named, missing } = missingTests(text);
  assert.ok(named > 40, `${named} tests`);
  assert.deepEqual(missing, []);
});

test('control: a name that was mistyped is missed', () => {
  const names = ['a_lock_survives_a_hundred_contrary_click', 'egress.spec.mjs › of 1,000 interactions nothing leaves', 'egress.spec.mjs › control: an item in a header was found out',
    'nowhere.spec.mjs › two shoppers, one log', 'it needs no other package and runs nothing at all'];
  assert.deepEqual(missingTests(names.map((name) => `\`${name}\``).join(' ')).missing, names);
});

test('each threat says what stops it, and what does not', () => {
  const threats = text.split(/^### /m).slice(1);
  assert.ok(threats.length >= 14, `${threats.length} threats`);
  for (const threat of threats) {
    for (const part of ['- **Stops it.**', '- **Does not stop it.**']) assert.equal(threat.split(part).length, 2, `${part} ${threat.split('\n')[0]}`);
  }
});
