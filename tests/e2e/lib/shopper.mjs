// What a shopper does with the pages, in one verb each.

/** @typedef {import('@playwright/test').Page} Page */

/**
 * Opens the shop with its debug handle and waits until it is drawn and its profile open.
 * @param {Page} page
 */
export async function enter(page, base, hash = '#/') {
  await page.goto(`${base}/?debug${hash}`);
  await opened(page);
}

export async function reload(page) {
  await page.reload();
  await opened(page);
}

export const opened = async (page) => {
  await drawn(page);
  await page.waitForFunction(() => window.homebodyDemo.shop.opened);
};
export const drawn = (page) => page.waitForFunction(() => document.getElementById('main')?.dataset.page === location.hash);

/** @param {Page} page @param {'all' | 'device' | 'none'} choice */
export async function choose(page, choice) {
  await page.locator(`#consent [data-choice="${choice}"]`).click();
  await page.locator('#consent').waitFor({ state: 'hidden' });
}

/** Goes to another page of the shop, as a link would. */
export async function go(page, hash) {
  await page.evaluate((to) => { location.hash = to; }, hash);
  await drawn(page);
}

export const productAt = (id) => `#/product/${encodeURIComponent(id)}`;
export const categoryAt = (path) => `#/category/${encodeURIComponent(path)}`;

/** The list "for you" as it stands on the first page. */
export function forYou(page) {
  return page.evaluate(() => {
    const { catalogue } = window.homebodyDemo;
    return [...document.querySelectorAll('[data-list="for-you"] .tile')].map((tile) => {
      const { id, name, size, category } = catalogue.item(tile.querySelector('[data-item]').dataset.item);
      return { id, name, size, category, reason: tile.querySelector('.reason').textContent };
    });
  });
}

export const ids = (list) => list.map(({ id }) => id);

/** Kinds and items of the events that are kept, oldest first; without impressions, which depend on the window. */
export function events(page) {
  return page.evaluate(async () => {
    const { log } = await window.homebodyDemo.profile.export();
    return log.filter(({ kind }) => kind !== 'impression').map(({ kind, item }) => `${kind} ${item}`);
  });
}

export const saved = (page) => page.evaluate(() => window.homebodyDemo.profile.saved());
export const ledger = (page) => page.evaluate(() => window.homebodyDemo.profile.ledger());
export const firstIds = (page, count) => page.evaluate((n) => window.homebodyDemo.catalogue.ids.slice(0, n), count);
export const departments = (page) => page.evaluate(() => window.homebodyDemo.catalogue.departments.length);

/** Looks at two products and puts both in the cart, by way of the pages. */
export async function shop(page, [first, second]) {
  for (const id of [first, second]) {
    await go(page, productAt(id));
    await page.getByRole('button', { name: 'Add to cart' }).click();
  }
  await go(page, '#/cart');
}
