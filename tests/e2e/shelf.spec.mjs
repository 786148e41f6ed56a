// The shelf says what moved, and the shopper may say more or less of this.
import { choose, enter, forYou, go, ids, reload, saved } from './lib/shopper.mjs';
import { expect, test } from './lib/test.mjs';

const tile = (page, id) => page.locator('#for-you .tile', { has: page.locator(`[data-item="${id}"]`) });

test('what moved has a badge with the number of places', async ({ page, server }) => {
  await enter(page, server.url);
  await choose(page, 'device');
  const before = ids(await forYou(page));
  await expect(page.locator('.moved')).toHaveCount(0);
  await tile(page, before[5]).getByRole('button', { name: /^Add / }).click();
  await expect.poll(async () => ids(await forYou(page))).not.toEqual(before);
  const after = ids(await forYou(page));
  for (const [place, id] of after.entries()) {
    const was = before.indexOf(id);
    const badge = was < 0 ? 'new' : was > place ? `▲${was - place}` : was < place ? `▼${place - was}` : undefined;
    if (badge) await expect(tile(page, id).locator('.moved')).toHaveText(badge);
    else await expect(tile(page, id).locator('.moved')).toHaveCount(0);
  }
  await expect(page.locator('.moved')).toHaveCount(0); // they go by themselves
});

test('a click that is learnt elsewhere is seen to have moved the shelf when one comes back', async ({ page, server }) => {
  await enter(page, server.url);
  await choose(page, 'device');
  const before = ids(await forYou(page));
  await page.locator(`[data-item="${before[7]}"]`).first().click();
  await page.locator('article.product').waitFor();
  await page.goBack();
  await page.locator('#for-you').waitFor();
  expect(ids(await forYou(page))).not.toEqual(before);
  await expect(page.locator('.moved').first()).toBeVisible();
});

test('more of this rises, less of this falls, not for me goes, and each can be taken back', async ({ page, server }) => {
  await enter(page, server.url);
  await choose(page, 'device');
  const say = async (id, words) => {
    const before = ids(await forYou(page));
    await tile(page, id).locator('.menu summary').click();
    await page.getByRole('button', { name: words }).click();
    await expect.poll(async () => ids(await forYou(page))).not.toEqual(before);
  };
  const place = async (id) => ids(await forYou(page)).indexOf(id);

  const list = ids(await forYou(page));
  await say(list[6], 'More of this');
  expect(await place(list[6])).toBeLessThan(6);

  const [first] = ids(await forYou(page));
  await say(first, 'Less of this');
  expect(await place(first)).not.toBe(0); // lower, or gone
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => place(first)).toBe(0);

  await say(first, 'Not for me');
  expect(await place(first)).toBe(-1);
  expect(await forYou(page)).toHaveLength(12);
  await saved(page);
  await reload(page); // it is the profile's, and outlasts the visit
  expect(await place(first)).toBe(-1);
});

test('an order has the slot that was chosen', async ({ page, server }) => {
  await enter(page, server.url);
  await choose(page, 'device');
  const [first] = ids(await forYou(page));
  await tile(page, first).getByRole('button', { name: /^Add / }).click();
  await go(page, '#/checkout');
  const slot = page.getByRole('radio').nth(4);
  const name = await slot.getAttribute('value');
  await slot.check({ force: true });
  await page.getByRole('button', { name: 'Order and pay' }).click();
  await expect(page.locator('.order')).toContainText(`comes ${name}`);
});

test('on a day of the other arm it is what others buy, and what is chosen there is told as such', async ({ page, server }) => {
  await enter(page, server.url);
  await expect(page.locator('#for-you h2')).toHaveText('For you'); // the control
  await page.goto(`${server.url}/?debug&popular=1`);
  await expect(page.locator('#for-you h2')).toHaveText('What others buy');
  await choose(page, 'device');
  const places = () => page.evaluate(() => [...document.querySelectorAll('#for-you [data-item]')].map(({ dataset }) => window.homebodyDemo.catalogue.places.get(dataset.item)));
  const before = await places();
  expect(before).toHaveLength(12);
  expect(before).toEqual([...before].sort((a, b) => a - b));
  await page.locator('#for-you [data-item]').nth(7).click();
  await page.locator('article.product').waitFor();
  await page.goBack();
  await page.locator('#for-you').waitFor();
  expect(await places()).toEqual(before); // nobody's profile ranks it
  await page.locator('#for-you .tile .add').first().click();
  await saved(page);
  const armed = await page.evaluate(async () => (await window.homebodyDemo.profile.export()).log
    .filter(({ kind, arm }) => kind !== 'impression' && arm !== undefined).map(({ kind, arm, recommended }) => [kind, arm, recommended]));
  expect(armed).toEqual([['click', 'popular', false], ['cart', 'popular', false]]);
});
