// A visit exported from the browser and learnt again by the program gives the same bytes and the same list.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { FOLDERS, PROGRAM } from './lib/server.mjs';
import { choose, enter, reload } from './lib/shopper.mjs';
import { expect, test } from './lib/test.mjs';

const run = promisify(execFile);

test('a visit learnt again by the program is the same profile, byte for byte, and the same list', async ({ page, server }) => {
  await enter(page, server.url, '#/cart'); // a page without tiles: nothing but what is recorded here
  await choose(page, 'device');
  expect(await page.evaluate(visit)).toEqual([]);
  // From the store and not from memory: what was written must be what was learnt.
  await reload(page);
  await page.evaluate(moreOfTheVisit);
  const browser = await page.evaluate(whatIsKnown);
  expect(browser.export.log.length).toBeGreaterThan(60);
  expect(new Set(browser.export.log.map(({ kind }) => kind)).size).toBe(12);

  const replayed = await replay(browser.export, browser.now);
  expect(replayed.bytes.equals(Buffer.from(browser.bytes))).toBe(true);
  expect(replayed.profile.bytes).toBe(browser.bytes.length);
  expect(replayed.list).toEqual(browser.list);
  expect(replayed.complaint).toBe('');

  // The controls: another seed of one interaction, or another item, makes another profile.
  for (const change of [{ seed: [0, 1] }, { item: browser.export.log[3].item }]) {
    const log = browser.export.log.map((one, place) => (place === 30 ? { ...one, ...change } : one));
    const other = await replay({ ...browser.export, log }, browser.now);
    expect(other.bytes.equals(replayed.bytes)).toBe(false);
    expect(other.profile.crc32).not.toBe(replayed.profile.crc32);
  }
  // A log that has lost something says so.
  const lost = await replay({ ...browser.export, log: browser.export.log.slice(5) }, browser.now);
  expect(lost.complaint).toContain('5 entries have left the log');
});

/** Runs in the page: some sixty interactions of all kinds, over months; returns what was refused. */
async function visit() {
  const { profile, ordinary } = window.homebodyDemo;
  const kinds = ['view', 'click', 'cart', 'purchase', 'impression', 'search', 'wish', 'rate', 'uncart', 'payment', 'delivery', 'refund'];
  const refusals = [];
  for (let n = 0; n < 66; n += 1) {
    const kind = n % 8 === 4 ? 'purchase' : kinds[n % kinds.length];
    const refusal = profile.record(kind, ordinary[(n * n * 7) % 600], {
      at: Date.now() - (66 - n) * 31_000_007,
      ...(kind === 'view' ? { dwell: 1_000.5 + 997 * n } : {}),
      ...(kind === 'purchase' || kind === 'refund' ? { price: 0.1 + n / 3, quantity: 1 + (n % 3) } : {}),
      ...(kind === 'rate' ? (n % 8 < 4 ? { rating: 1 + (n % 5) } : { sentiment: 0.3 }) : {}),
      ...(n % 5 === 0 ? { recommended: true, propensity: 1 / (n + 3) } : {}),
    });
    if (refusal) refusals.push(`${n} ${kind}: ${refusal}`);
  }
  await profile.saved();
  return refusals;
}

async function moreOfTheVisit() {
  const { profile, ordinary } = window.homebodyDemo;
  for (const place of [3, 40, 500]) profile.record('click', ordinary[place]);
  await profile.saved();
}

/** Runs in the page: the export, the bytes, and the list at one fixed time. */
async function whatIsKnown() {
  const { profile } = window.homebodyDemo;
  const bytes = Array.from(profile.snapshot());
  const exported = await profile.export();
  const [clock, now] = [Date.now, Date.now() + 3_600_000];
  Date.now = () => now;
  const list = profile.recommend({ limit: 20 }).map(({ id, score }) => ({ id, score }));
  Date.now = clock;
  return { bytes, export: exported, list, now };
}

async function replay(exported, now) {
  const folder = await mkdtemp(join(tmpdir(), 'homebody-replay-'));
  try {
    const [file, bytes] = [join(folder, 'export.json'), join(folder, 'profile')];
    await writeFile(file, JSON.stringify(exported));
    const { stdout, stderr } = await run(PROGRAM, [
      'replay', file, '--bundle', join(FOLDERS.shop, 'factors.safetensors'), '--now', now, '--limit', 20, '--profile', bytes,
    ].map(String));
    return { ...JSON.parse(stdout), bytes: await readFile(bytes), complaint: stderr };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
