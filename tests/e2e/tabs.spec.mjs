// Several tabs share one profile.
import { choose, enter, firstIds, forYou, go, ids, productAt, saved } from './lib/shopper.mjs';
import { leaves, storageOf } from './lib/storage.mjs';
import { expect, test } from './lib/test.mjs';

test('the second tab follows the first', async ({ page, context, server }) => {
  await enter(page, server.url);
  await choose(page, 'device');
  const second = await context.newPage();
  await enter(second, server.url);
  await expect(second.locator('#consent')).toBeHidden();
  const before = ids(await forYou(second));

  const [, , , id] = await firstIds(page, 4);
  await go(page, productAt(id));
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await go(page, '#/');
  await expect.poll(async () => ids(await forYou(second))).not.toEqual(before);
  await expect.poll(async () => ids(await forYou(second))).toEqual(ids(await forYou(page)));
});

test('a choice made in one tab holds in the other, and so does erasing', async ({ page, context, server }) => {
  await enter(page, server.url);
  const second = await context.newPage();
  await enter(second, server.url);
  await choose(page, 'device');
  await expect(second.locator('#consent')).toBeHidden();

  const [id] = await firstIds(second, 1);
  await go(second, productAt(id));
  await second.getByRole('button', { name: 'Add to cart' }).click();
  await expect(second.locator('#cart-count')).toHaveText('1');

  await go(page, '#/profile');
  await page.getByRole('button', { name: 'Erase…' }).click();
  await page.getByRole('button', { name: 'Erase everything' }).click();
  await expect(second.locator('#consent')).toBeVisible();
  await expect(second.locator('#cart-count')).toHaveText('0');
  await expect(page.locator('#done')).toContainText('one date');
  const kept = async (tab) => (await storageOf(tab)).kept.flatMap(({ value }) => leaves(value)).length;
  for (const tab of [page, second]) await expect.poll(() => kept(tab)).toBe(1);
});

test('what one tab has sent, the other one shows: its ledger, and what it cost', async ({ page, context, server }) => {
  await context.clock.install();
  await enter(page, server.url, '#/cart');
  await choose(page, 'all');
  const second = await context.newPage();
  await enter(second, server.url, '#/profile');
  await second.getByRole('tab', { name: 'What left' }).click();
  await expect(second.locator('#panel')).toContainText('Nothing about you has left this device');
  const spent = () => second.evaluate(() => window.homebodyDemo.profile.state().epsilon.all.spent.day);
  expect(await spent()).toBe(0);
  await context.clock.runFor(10_000); // so long it looks for what an earlier visit left; from now on it sends nothing itself
  const [id] = await firstIds(page, 1);
  await page.evaluate((item) => { window.homebodyDemo.profile.record('cart', item); }, id);
  await saved(page);
  await expect.poll(async () => {
    await context.clock.runFor(2_000);
    return page.evaluate(async () => (await window.homebodyDemo.profile.ledger()).filter(({ state }) => state === 'sent').length);
  }).toBe(5);
  await expect(second.locator('#ledger > li')).toHaveCount(5);
  await expect(second.locator('#ledger')).not.toContainText('waits to be sent');
  expect(await spent()).toBe(1);
});

test('four tabs, 250 interactions each at once: 1,000 in the log, the same profile in each', async ({ page, context, server }) => {
  const tabs = [page, await context.newPage(), await context.newPage(), await context.newPage()];
  await enter(page, server.url, '#/cart'); // a page without tiles: no impressions in the count
  await choose(page, 'device');
  for (const tab of tabs.slice(1)) await enter(tab, server.url, '#/cart');

  const refused = await Promise.all(tabs.map((tab, place) => tab.evaluate(async (from) => {
    const { profile, ordinary } = window.homebodyDemo;
    const refusals = [];
    for (let i = 0; i < 250; i += 1) {
      const refusal = profile.record('click', ordinary[from + i]);
      if (refusal) refusals.push(refusal);
      if (i % 10 === 9) await new Promise((resolve) => setTimeout(resolve)); // let the other tabs in between
    }
    await profile.saved();
    return refusals;
  }, place * 250)));
  expect(refused).toEqual([[], [], [], []]);

  const inLog = (tab) => tab.evaluate(async () => new Set((await window.homebodyDemo.profile.export()).log.map(({ item }) => item)).size);
  for (const tab of tabs) await expect.poll(() => inLog(tab)).toBe(1000);

  const bytes = (tab) => tab.evaluate(() => Array.from(window.homebodyDemo.profile.snapshot()).join());
  await expect.poll(async () => new Set(await Promise.all(tabs.map(bytes))).size).toBe(1);
  expect((await bytes(page)).length).toBeGreaterThan(100);

  // The control: one interaction more is enough to make other bytes.
  const own = await bytes(page);
  await page.evaluate(() => { window.homebodyDemo.profile.record('click', window.homebodyDemo.ordinary[2000]); });
  await saved(page);
  expect(await bytes(page)).not.toBe(own);
});
