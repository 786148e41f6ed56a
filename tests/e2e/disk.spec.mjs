// What lies in the browser's folder on the disk once the browser is closed: what encryption at rest hides
// there, and what it does not. docs/guide/shopper.md says what these tests found.
import { chromium } from '@playwright/test';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchOptions } from './lib/chrome.mjs';
import { expect, test } from './lib/test.mjs';

/** Runs `work` in a page of a browser with a folder of its own, closes it, and gives the bytes of its files. */
async function leftOnDisk(url, work, argument) {
  const folder = await mkdtemp(join(tmpdir(), 'homebody-disk-'));
  try {
    const context = await chromium.launchPersistentContext(folder, launchOptions);
    const page = await context.newPage();
    await page.goto(url);
    await page.evaluate(work, argument);
    await context.close();
    const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((file) => file.isFile());
    return await Promise.all(files.map((file) => readFile(join(file.parentPath ?? file.path, file.name))));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const holds = (files, bytes) => files.some((file) => file.includes(bytes));

/** Runs in the page: a visit to the package alone, past the pages of the shop. */
async function visit(encryption) {
  const { openProfile } = await import('/pkg/index.js');
  const profile = await openProfile({ factors: '/shop/factors.safetensors', consent: { profile: true, reports: false }, encryption });
  const ids = profile.recommend({ limit: 40, perCategory: 0 }).map(({ id }) => id);
  for (const id of ids) profile.record('cart', id);
  await profile.correct({ item: ids[0], as: 'more' });
  window.ids = ids;
}

for (const encryption of [true, false]) {
  test(`${encryption ? 'with encryption no item id is on the disk' : 'control: without encryption it is'}`, async ({ page, server }) => {
    await page.goto(server.url);
    await page.evaluate(visit, true);
    const ids = await page.evaluate(() => window.ids);
    const files = await leftOnDisk(`${server.url}/robots.txt`, visit, encryption);
    // As it stands in an entry of the log: its length before it. The bundle and the pages are in caches of their own.
    const entry = (id) => Buffer.concat([Buffer.from([id.length, 0]), Buffer.from(id)]);
    expect(ids.filter((id) => holds(files, entry(id))).length).toBe(encryption ? 0 : ids.length);
  });
}

test('a key of known bytes that the browser does not give out: is it on the disk?', async ({ server }) => {
  const [secret, note, never] = [randomBytes(32), randomBytes(32), randomBytes(32)];
  const files = await leftOnDisk(`${server.url}/robots.txt`, async ({ secret, note }) => {
    const key = await crypto.subtle.importKey('raw', Uint8Array.from(secret), 'AES-GCM', false, ['encrypt', 'decrypt']);
    if (await crypto.subtle.exportKey('raw', key).then(() => true, () => false)) throw new Error('it was given out');
    await new Promise((resolve, reject) => {
      const open = indexedDB.open('keys', 1);
      open.onupgradeneeded = () => open.result.createObjectStore('keys');
      open.onsuccess = () => {
        const done = open.result.transaction('keys', 'readwrite', { durability: 'strict' });
        done.objectStore('keys').put(key, 'key');
        done.objectStore('keys').put(Uint8Array.from(note), 'note');
        done.oncomplete = resolve;
        done.onabort = () => { reject(done.error); };
      };
    });
  }, { secret: [...secret], note: [...note] });
  expect([note, never].map((bytes) => holds(files, bytes)), 'the control: the scan finds what was stored, and only that').toEqual([true, false]);
  const found = holds(files, secret);
  console.log(`the bytes of a non-extractable key ${found ? 'are' : 'are not'} in the browser's folder, in ${files.length} files`);
  // As docs/guide/shopper.md has it.
  expect(found).toBe(true);
});
