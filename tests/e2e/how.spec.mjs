// The page that explains says the numbers of the visitor's own step.
import { choose, enter, forYou, go, ids, productAt } from './lib/shopper.mjs';
import { expect, test } from './lib/test.mjs';

test('before anything was done it says so', async ({ page, server }) => {
  await enter(page, server.url, '#/how');
  await expect(page.locator('main')).toContainText('You have not done anything yet');
});

test('something in the cart: its label, weight and loss, the taste before and after, and what moved from where to where', async ({ page, server }) => {
  await enter(page, server.url);
  await choose(page, 'device');
  const before = ids(await forYou(page));
  const name = await page.evaluate((id) => window.homebodyDemo.catalogue.nameOf(id), before[8]);
  await page.locator('#for-you .add').nth(8).click();
  await expect.poll(async () => ids(await forYou(page))).not.toEqual(before); // drawn a frame later
  const after = ids(await forYou(page));
  await go(page, '#/how');

  await expect(page.locator('#step-event')).toContainText(`You put into the cart ${name}`);
  await expect(page.locator('#step-signal')).toContainText('Label 1: wanted. Weight 1.000');
  const step = await page.evaluate(() => window.homebodyDemo.profile.lastStep());
  await expect(page.locator('#step-loss strong')).toHaveText(step.loss.toFixed(3));
  expect(step.after).not.toEqual(step.before);
  await expect(page.locator('.bars rect')).toHaveCount(16);
  await page.getByText('The same as a table').click();
  const rows = (await page.locator('#step-taste tbody tr').allInnerTexts()).map((row) => row.split('\t'));
  expect(rows).toHaveLength(8);
  for (const [name, was, is] of rows) { // the table's twin numbers are the engine's
    const place = Number(name.replace('dimension ', '')) - 1;
    expect(was).toBe((step.before[place] ?? 0).toFixed(3));
    expect(is).toBe(step.after[place].toFixed(3));
  }

  const places = (await page.locator('#step-shelf tbody tr').allInnerTexts()).map((row) => row.split('\t'));
  const named = await page.evaluate((list) => list.map((id) => window.homebodyDemo.catalogue.nameOf(id)), after);
  expect(places.slice(0, 12).map(([, name]) => name)).toEqual(named);
  expect(places.slice(0, 12).map(([, , from]) => from)).toEqual(after.map((id) => (before.includes(id) ? String(before.indexOf(id) + 1) : '–')));
});

test('a look teaches at least half its weight', async ({ page, server }) => {
  await enter(page, server.url);
  await page.locator('.tile [data-item]').first().click();
  await page.locator('article.product').waitFor();
  await expect(page.locator('.step')).toContainText(/Your latest step (changed \d+ of 12 places|moved nothing)/);
  await page.getByRole('link', { name: 'See how' }).click();
  await expect(page.locator('#step-event')).toContainText('You looked at');
  const weight = Number(/Weight (\d\.\d+)/.exec(await page.locator('#step-signal').innerText())[1]);
  expect(weight).toBeGreaterThanOrEqual(0.25);
  expect(weight).toBeLessThanOrEqual(0.5);
  await go(page, productAt((await page.evaluate(() => window.homebodyDemo.catalogue.ids[5]))));
});
