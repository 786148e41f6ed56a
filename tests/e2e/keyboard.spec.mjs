// A whole visit without a mouse: skip link, suggestions, a tile's menu, cart, slot and order.
import { enter, events, forYou, ids } from './lib/shopper.mjs';
import { expect, test } from './lib/test.mjs';

const focused = (page) => page.evaluate(() => {
  const { activeElement: element } = document;
  return element?.getAttribute('aria-label') ?? element?.textContent?.trim() ?? '';
});

/** Tabs on until what has the focus is called so. */
async function tabTo(page, name, most = 150) {
  for (let step = 0; step < most; step += 1) {
    await page.keyboard.press('Tab');
    if (name.test(await focused(page))) return;
  }
  throw new Error(`no Tab leads to ${name}; the last one was ${await focused(page)}`);
}

/** To where a page begins. */
const toTop = (page) => page.evaluate(() => {
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute('tabindex');
});

test('a visit by keyboard alone', async ({ page, server }) => {
  await enter(page, server.url);
  await toTop(page);
  await page.keyboard.press('Tab');
  expect(await focused(page)).toBe('Skip to the content');
  await page.keyboard.press('Enter');
  expect(await page.evaluate(() => document.activeElement.id)).toBe('main');

  await tabTo(page, /^This device only$/);
  await page.keyboard.press('Enter');
  await expect(page.locator('#consent')).toBeHidden();

  // The combobox: arrows move, Escape closes, Enter takes.
  await page.locator('#words').focus();
  await page.keyboard.type('banan');
  const list = page.getByRole('listbox', { name: 'Suggestions' });
  await expect(list).toBeVisible();
  await expect(page.locator('#words')).toHaveAttribute('aria-expanded', 'true');
  await page.keyboard.press('Escape');
  await expect(list).toBeHidden();
  await page.keyboard.press('ArrowDown');
  await expect(list).toBeVisible();
  const active = await page.locator('#words').getAttribute('aria-activedescendant');
  await expect(page.locator(`#${active}`)).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Search: Bananas');

  // A tile's menu, then the cart.
  await tabTo(page, /^More or less of /);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  expect(await focused(page)).toBe('More of this');
  await page.keyboard.press('Escape');
  expect(await focused(page)).toMatch(/^More or less of /);
  await page.keyboard.press('Shift+Tab');
  expect(await focused(page)).toMatch(/^Add /);
  await page.keyboard.press('Enter');
  await expect(page.locator('#cart-count')).toHaveText('1');

  await toTop(page);
  await tabTo(page, /^Cart\b/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Cart');
  await tabTo(page, /^Go to checkout$/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Checkout');
  await tabTo(page, /o'clock$/);
  await page.keyboard.press('ArrowRight');
  await tabTo(page, /^Order and pay$/);
  await page.keyboard.press('Enter');
  await expect(page.locator('.order')).toContainText('comes');
  expect((await events(page)).filter((event) => /^(cart|purchase|payment) /.test(event))).toHaveLength(3);
});

test('what has the focus is seen to have it, and keeps it when the shelf moves', async ({ page, server }) => {
  await enter(page, server.url);
  const add = page.locator('#for-you .add').nth(4);
  const label = await add.getAttribute('aria-label');
  await page.locator('#for-you .tile').nth(4).locator('a').focus();
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle)).toBe('solid');
  const before = ids(await forYou(page));
  await page.keyboard.press('Enter');
  await expect.poll(async () => ids(await forYou(page))).not.toEqual(before);
  expect(await focused(page)).toBe(label);
});

test('every room is one link away, in the header and in the footer', async ({ page, server }) => {
  await enter(page, server.url);
  const links = await page.locator('.rooms a').evaluateAll((all) => all.map((link) => link.getAttribute('href')));
  expect(links).toEqual(['#/', '#/departments', '#/orders', '#/profile', '#/how', '#/household', '#/knows', '#/wire']);
  const footer = await page.locator('footer a').evaluateAll((all) => all.map((link) => link.getAttribute('href')));
  for (const link of links) {
    expect(footer).toContain(link);
    await page.locator(`.rooms a[href="${link}"]`).click();
    await expect(page.locator('main h1')).not.toHaveText('There is no such page');
    await expect(page.locator('.rooms [aria-current]')).toHaveAttribute('href', link);
  }
});
