// A newer bundle takes the place of the one in use, and nothing that was learnt is lost.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FOLDERS } from './lib/server.mjs';
import { choose, enter, events, forYou, ids, saved } from './lib/shopper.mjs';
import { expect, test } from './lib/test.mjs';

const refresh = (page) => page.evaluate(() => window.homebodyDemo.profile.refresh());

test('the same bundle changes nothing, another one is taken over', async ({ page, server }) => {
  await enter(page, server.url);
  await choose(page, 'device');
  const before = ids(await forYou(page));
  await page.locator('#for-you .add').nth(5).click();
  await expect.poll(async () => ids(await forYou(page))).not.toEqual(before);
  await saved(page);
  // Nor do impressions come in between.
  await page.evaluate(() => { window.homebodyDemo.profile.pause(); });
  const log = await events(page);
  // At one moment: a taste fades, and two items that are almost alike change places.
  const shelf = () => page.evaluate(() => {
    const clock = Date.now;
    window.moment ??= clock();
    Date.now = () => window.moment;
    try {
      return window.homebodyDemo.profile.recommend({ limit: 12 }).map(({ id }) => id);
    } finally {
      Date.now = clock;
    }
  });
  const sorted = await shelf();
  expect(await refresh(page)).toBe(false);
  expect(await shelf()).toEqual(sorted);

  const bundle = await readFile(join(FOLDERS.shop, 'factors.safetensors'));
  const at = bundle.indexOf('"homebody.version":"') + '"homebody.version":"'.length;
  bundle[at] = bundle[at] === 0x30 ? 0x31 : 0x30;
  await page.route('**/shop/factors.safetensors', (route) => route.fulfill({ body: bundle }));
  expect(await refresh(page)).toBe(true);
  expect(await events(page)).toEqual(log);
  expect(await refresh(page)).toBe(false);
  expect(await shelf()).toHaveLength(12);
  expect(await shelf()).not.toEqual(before); // what was learnt is there

  await page.route('**/shop/factors.safetensors', (route) => route.fulfill({ body: 'rubbish' }));
  expect(await page.evaluate(() => window.homebodyDemo.profile.refresh().catch(({ code }) => code))).toMatch(/^bundle-/);
});
