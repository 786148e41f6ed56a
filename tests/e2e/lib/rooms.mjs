// Every page of the shop, with something on it: what tests of looks and access go through.
import { choose, enter, firstIds, go, productAt, categoryAt } from './shopper.mjs';

/** Enters, and does enough that no page is empty. @param {import('@playwright/test').Page} page */
export async function furnished(page, base) {
  await enter(page, base);
  await choose(page, 'device');
  const [first, second] = await firstIds(page, 2);
  await page.evaluate(([a, b]) => {
    const { shop, catalogue } = window.homebodyDemo;
    shop.addToCart(a);
    for (const id of [a, b]) shop.profile.record('purchase', id);
    shop.basket.order((id) => catalogue.item(id).price ?? 0, 'tomorrow');
    shop.addToCart(a);
    shop.addToCart(b);
  }, [first, second]);
  const department = await page.evaluate(() => window.homebodyDemo.catalogue.departments[0].name);
  return ['#/', '#/departments', categoryAt(department), productAt(first), '#/search/milk', '#/search/nothingofthekind', '#/cart', '#/checkout', '#/orders',
    '#/profile', '#/how', '#/household', '#/knows', '#/wire', '#/nowhere'];
}

/** Goes there and waits until what comes later is there too. */
export async function visit(page, hash) {
  await go(page, hash);
  if (hash === '#/household') {
    await page.getByRole('button', { name: 'Begin the year' }).click();
    await page.getByRole('button', { name: 'Skip to the end' }).click();
    await page.locator('#outcome').waitFor();
  }
  if (hash.startsWith('#/product')) await page.getByText('Why is this here?').click();
  if (hash === '#/knows') await page.locator('#server').waitFor();
  if (hash === '#/profile') await page.getByRole('tabpanel').waitFor();
}
