// A whole visit, and what is left of it after a reload.
import { categoryAt, choose, enter, events, firstIds, forYou, go, ids, productAt, reload, saved, shop } from './lib/shopper.mjs';
import { expect, test } from './lib/test.mjs';

test('a visit from search to delivery is all there after a reload', async ({ page, server }) => {
  await enter(page, server.url);
  await choose(page, 'device');
  const [looked, bought, returned] = await firstIds(page, 3);

  await go(page, productAt(looked));
  await page.getByLabel('Search the shop').fill(await page.evaluate((id) => window.homebodyDemo.catalogue.nameOf(id), bought));
  await page.getByRole('button', { name: 'Search', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Search');
  await expect(page.getByRole('list', { name: 'Search results' }).locator(`[data-item="${bought}"]`)).toBeVisible();
  await page.getByRole('list', { name: 'Search results' }).locator(`[data-item="${bought}"]`).click();
  await page.getByRole('button', { name: 'Wish for it' }).click();
  await page.getByRole('button', { name: '5 of 5 stars' }).click();
  await shop(page, [bought, returned]);
  await page.getByRole('link', { name: 'Go to checkout' }).click();
  await page.getByRole('button', { name: 'Order and pay' }).click();
  await page.getByRole('button', { name: 'It has arrived' }).click();
  await page.getByRole('button', { name: /^Send .* back$/ }).last().click();
  await saved(page);
  await reload(page);

  const all = await events(page);
  for (const event of [
    `view ${looked}`, `refund ${returned}`,
    ...['click', 'view', 'wish', 'rate'].map((kind) => `${kind} ${bought}`),
    ...['cart', 'purchase', 'payment', 'delivery'].flatMap((kind) => [`${kind} ${bought}`, `${kind} ${returned}`]),
  ]) expect(all).toContain(event);
  expect(all.filter((event) => event.startsWith('search '))).toHaveLength(1);
  expect(all.filter((event) => event === `click ${bought}`)).toHaveLength(1);
  await expect(page.getByText('delivered')).toBeVisible();
});

test('"for you" is sorted anew by one click, and is the same after a reload', async ({ page, server }) => {
  await enter(page, server.url);
  await choose(page, 'device');
  const before = await forYou(page);
  expect(before).toHaveLength(12);
  const unlike = await page.evaluate((shown) => {
    const { catalogue, ordinary } = window.homebodyDemo;
    return ordinary.find((id) => !shown.includes(catalogue.item(id).category));
  }, before.map(({ category }) => category));

  await page.evaluate((id) => { window.homebodyDemo.profile.record('click', id); }, unlike);
  await expect.poll(async () => ids(await forYou(page))).not.toEqual(ids(before));
  const after = await forYou(page);
  for (const { reason } of after) expect(reason).not.toBe('');

  // What was on screen teaches, too: so the lists are asked where nothing is shown.
  await go(page, '#/orders');
  await saved(page);
  const asked = () => page.evaluate(() => window.homebodyDemo.profile.recommend({ limit: 12 }).map(({ id }) => id));
  const last = await asked();
  await reload(page);
  expect(await asked()).toEqual(last);
  await go(page, '#/');
  expect(ids(await forYou(page))).toEqual(last);
});

test('what was bought is at hand under "buy again"', async ({ page, server }) => {
  await enter(page, server.url);
  await choose(page, 'device');
  await expect(page.getByText('What you buy here will be at hand')).toBeVisible();
  const [first, second] = await firstIds(page, 2);
  await shop(page, [first, second]);
  await page.getByRole('link', { name: 'Go to checkout' }).click();
  await page.getByRole('button', { name: 'Order and pay' }).click();
  await go(page, '#/');
  const again = page.getByRole('list', { name: 'Buy again' });
  await expect(again.locator('.tile')).toHaveCount(2);
  await expect(again.locator(`[data-item="${first}"]`)).toBeVisible();
  await expect(page.getByText('What you buy here will be at hand')).toBeHidden();
});

test('a product says why it is where it is, and where it would be without that', async ({ page, server }) => {
  await enter(page, server.url);
  const [, , id] = await firstIds(page, 3);
  await page.evaluate((item) => { window.homebodyDemo.profile.record('cart', item); }, id);
  await go(page, productAt(id));
  await page.getByText('Why is this here?').click();
  await expect(page.locator('.why')).toContainText(/For you it is number [\d,]+ of/);
  await expect(page.locator('.why li').first()).toContainText(/without this (it would be number|its place)/);
});

test('no page is wider than a phone, whatever the names, and none complains', async ({ page, server }) => {
  const complaints = [];
  await page.route('**/shop/catalogue.json', async (route) => {
    const catalogue = await (await route.fetch()).json();
    catalogue.names[0] = 'Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverordnung'; // one word
    catalogue.names[1] = `${catalogue.names[1]} `.repeat(12);
    await route.fulfill({ json: catalogue });
  });
  page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()); });
  await page.setViewportSize({ width: 375, height: 700 });
  await enter(page, server.url);
  const [first, second] = await firstIds(page, 2);
  await shop(page, [first, second]);
  const departments = await page.evaluate(() => window.homebodyDemo.catalogue.departments.map(({ name }) => name));
  const pages = ['#/search/a', '#/cart', '#/checkout', '#/orders', '#/profile', '#/nowhere', '#/product/%'];
  for (const hash of ['#/', productAt(first), categoryAt(departments[0]), ...pages]) {
    await go(page, hash);
    expect(await page.evaluate(() => document.documentElement.scrollWidth), hash).toBeLessThanOrEqual(375);
  }
  expect(complaints).toEqual([]);
});
