// The shop is there before the profile is: it shows what is popular, forgets nothing that is done meanwhile, and nothing
// jumps when the shelf becomes the visitor's own.
import { choose, drawn, enter, events, firstIds, forYou, go, ids, opened, reload, saved } from './lib/shopper.mjs';
import { expect, test } from './lib/test.mjs';

/** The bundle waits until it is let go. */
async function heldBack(page) {
  let letGo;
  const gate = new Promise((resolve) => { letGo = resolve; });
  await page.route('**/shop/factors.safetensors', async (route) => {
    await gate;
    await route.continue();
  });
  return letGo;
}

/** Enters and chooses, with a click that sets this visitor's shelf apart from everybody's; what is popular comes back. */
async function regular(page, server) {
  await enter(page, server.url);
  await choose(page, 'device');
  await page.evaluate(() => { window.homebodyDemo.profile.record('cart', window.homebodyDemo.ordinary[4000]); });
  await saved(page);
  return firstIds(page, 12);
}

async function enterEarly(page, server) {
  await page.goto(`${server.url}/?debug#/`);
  await drawn(page);
}

test('what is popular comes first, and what is done meanwhile is learnt with its time', async ({ page, server }) => {
  const popular = await regular(page, server);
  const letGo = await heldBack(page);
  await page.reload();
  await drawn(page);
  expect(ids(await forYou(page))).toEqual(popular);
  expect(await page.evaluate(() => window.homebodyDemo.shop.opened)).toBe(false);
  await page.locator(`#for-you [data-item="${popular[2]}"]`).click();
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await expect(page.locator('#cart-count')).toHaveText('1');
  await go(page, '#/profile');
  await expect(page.locator('#state')).toHaveAttribute('data-status', 'opening');
  await go(page, '#/wire');
  await expect(page.getByRole('button', { name: 'Cut the wire' })).toBeDisabled();
  await go(page, '#/');
  await page.waitForTimeout(300);
  const late = await page.evaluate(() => Date.now());
  letGo();
  await opened(page);
  expect(ids(await forYou(page))).not.toEqual(popular);
  await saved(page);
  expect(await events(page)).toEqual(expect.arrayContaining(['click', 'cart', 'view'].map((kind) => `${kind} ${popular[2]}`)));
  const log = await page.evaluate(async () => (await window.homebodyDemo.profile.export()).log);
  for (const { at, recommended, arm } of log.filter(({ kind, item }) => item === popular[2] && kind !== 'impression')) {
    expect(at).toBeLessThan(late); // when it was done, not when it was learnt
    expect([recommended, arm]).toEqual([false, undefined]);
  }
  await go(page, '#/wire');
  await expect(page.getByRole('button', { name: 'Cut the wire' })).toBeEnabled();
});

test('a refusal given meanwhile holds', async ({ page, server }) => {
  const letGo = await heldBack(page);
  await enterEarly(page, server);
  await choose(page, 'none');
  letGo();
  await opened(page);
  expect(await page.evaluate(() => window.homebodyDemo.profile.state().status)).toBe('refused');
});

/** Runs in the page: what has moved without the visitor's doing. */
const shifts = () => new Promise((resolve) => {
  const all = [];
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, sources } of list.getEntries()) {
      if (!hadRecentInput) all.push(`${value.toFixed(4)}: ${sources.map(({ node }) => node?.outerHTML?.slice(0, 80)).join(' | ')}`);
    }
  }).observe({ type: 'layout-shift', buffered: true });
  setTimeout(() => resolve(all), 300);
});

for (const width of [375, 768, 1440]) {
  for (const hash of ['#/', '#/search/milk']) {
    test(`nothing jumps at ${width} pixels on ${hash}`, async ({ page, server }) => {
      await page.setViewportSize({ width, height: 900 });
      await regular(page, server);
      const letGo = await heldBack(page);
      await go(page, hash);
      await page.reload();
      await drawn(page);
      if (hash === '#/') await page.evaluate(() => { document.getElementById('for-you').scrollIntoView(); });
      await page.waitForTimeout(700); // what a key or a click moves is not counted for half a second
      const before = await page.locator('.tile [data-item]').evaluateAll((all) => all.map(({ dataset }) => dataset.item));
      letGo();
      await opened(page);
      const after = await page.locator('.tile [data-item]').evaluateAll((all) => all.map(({ dataset }) => dataset.item));
      expect(after).not.toEqual(before);
      expect(await page.evaluate(shifts)).toEqual([]);
    });
  }
}

test('control: a jump is seen', async ({ page, server }) => {
  await enter(page, server.url);
  await reload(page);
  await page.waitForTimeout(700);
  await page.evaluate(() => { document.querySelector('.hero').before(document.createElement('hr')); });
  expect(await page.evaluate(shifts)).not.toEqual([]);
});
