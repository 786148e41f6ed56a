// A real household's year passes through a profile of its own; its next basket is predicted.
import { choose, enter, go } from './lib/shopper.mjs';
import { inWords, storageOf } from './lib/storage.mjs';
import { expect, test } from './lib/test.mjs';

async function begin(page, place = 0) {
  await go(page, '#/household');
  await page.locator('#household').selectOption({ index: place });
  await page.getByRole('button', { name: 'Begin the year' }).click();
  await page.locator('#stage .score').waitFor();
}

/** The same year by the package alone: what must be predicted. Runs in the page. */
async function byHand(label) {
  const file = await (await fetch('/shop/households.json')).json();
  const household = file.households.find(({ number }) => label.startsWith(`Household ${number},`));
  const { catalogue } = window.homebodyDemo;
  const { openProfile } = await import('/pkg/index.js');
  const profile = await openProfile({ factors: '/shop/factors.safetensors', database: 'by-hand' });
  const shift = Date.now() - household.baskets.at(-1)[0];
  const baskets = household.baskets.map(([at, ...places]) => ({ at: at + shift, ids: places.map((place) => file.ids[place]).filter((id) => catalogue.has(id)) }));
  const last = baskets.pop();
  let [hits, popular] = [0, 0];
  const best = catalogue.ids.slice(0, 12);
  const ask = ({ at, ids }) => {
    const list = profile.recommend({ limit: 12, bought: 'keep', perCategory: 0, reasons: false, at }).map(({ id }) => id);
    hits += list.filter((id) => ids.includes(id)).length;
    popular += best.filter((id) => ids.includes(id)).length;
    return list;
  };
  for (const basket of baskets.filter(({ ids }) => ids.length > 0)) {
    ask(basket);
    for (const id of basket.ids) profile.record('purchase', id, { at: basket.at });
  }
  const list = ask(last);
  profile.close();
  const hit = list.filter((id) => last.ids.includes(id)).length;
  return { hit, size: last.ids.length, hits, popular, popularHit: best.filter((id) => last.ids.includes(id)).length, names: list.map((id) => catalogue.nameOf(id)) };
}

test('the prediction is the engine\'s, hits are ticked, and popularity is named beside it', async ({ page, server }) => {
  await enter(page, server.url);
  await begin(page);
  await page.getByRole('button', { name: 'Skip to the end' }).click();
  const label = await page.locator('#household option:checked').innerText();
  const expected = await page.evaluate(byHand, label);
  const plural = (n, word) => `${n} ${word}${n === 1 ? '' : 's'}`;
  const outcome = page.locator('#outcome');
  await expect(outcome).toContainText(`${expected.hit} of the 12 predicted products are in the basket, which holds ${plural(expected.size, 'product')}.`);
  await expect(outcome).toContainText(`would have hit ${expected.popularHit}.`);
  await expect(outcome).toContainText(`${expected.hits} hits, against ${expected.popular} of what is popular`);
  const predicted = page.getByRole('list', { name: 'Predicted' });
  expect(await predicted.locator('.name').allInnerTexts()).toEqual(expected.names);
  await expect(predicted.locator('.hit')).toHaveCount(expected.hit);
  await expect(page.getByRole('list', { name: 'What it bought' }).locator('.hit')).toHaveCount(expected.hit);
});

test('over all households the profile foresees more than popularity does', async ({ page, server }) => {
  test.setTimeout(180_000);
  await enter(page, server.url);
  await go(page, '#/household');
  await page.getByRole('button', { name: 'Sum up all 40' }).click();
  await page.locator('#sum').waitFor({ timeout: 150_000 });
  await page.getByText('Household by household').click();
  const rows = (await page.getByRole('table', { name: 'Hits by household' }).locator('tbody tr').allInnerTexts())
    .map((row) => row.split('\t').map((cell) => Number(cell.replaceAll(',', ''))));
  expect(rows).toHaveLength(40);
  const sum = (column) => rows.reduce((total, row) => total + row[column], 0);
  const [own, popular] = [sum(2), sum(3)];
  await expect(page.locator('#sum')).toContainText(`${own.toLocaleString('en-US')} against ${popular.toLocaleString('en-US')} in`);
  expect(own).toBeGreaterThan(popular * 1.2); // measured: 1.9 times
});

test('it plays, pauses, and goes on; the shelf moves meanwhile', async ({ page, server }) => {
  await enter(page, server.url);
  await begin(page);
  const names = () => page.getByRole('list', { name: 'What it would buy next' }).locator('.name').allInnerTexts();
  const learnt = () => page.getByRole('progressbar').evaluate((bar) => bar.value);
  const before = await names();
  await page.getByRole('button', { name: 'Play' }).click();
  await expect.poll(learnt).toBeGreaterThan(4);
  await page.getByRole('button', { name: 'Pause' }).click();
  const paused = await learnt();
  await page.waitForTimeout(800);
  expect(await learnt()).toBe(paused);
  expect(await names()).not.toEqual(before);
  await page.getByRole('button', { name: 'One basket' }).click();
  expect(await learnt()).toBe(paused + 1);
});

test('the household moves over the map of the shop, and its way is in the table too', async ({ page, server }) => {
  await enter(page, server.url);
  await begin(page);
  const map = page.locator('homebody-map');
  const here = () => map.locator('circle.here').evaluateAll((circles) => circles.map((circle) => [circle.getAttribute('cx'), circle.getAttribute('cy')].join()));
  await expect(map.locator('circle.centre').first()).toBeVisible();
  expect(await here(), 'nowhere before the first basket').toEqual([]);
  const places = new Set();
  for (let basket = 0; basket < 4; basket += 1) {
    await page.getByRole('button', { name: 'One basket' }).click();
    places.add((await here())[0]);
  }
  expect(places.size).toBeGreaterThan(2);
  await expect(map.locator('circle.step')).toHaveCount(3);
  await map.getByText('The same as a table').click();
  await expect(map.getByRole('table', { name: 'Your last steps, latest first' }).locator('tbody tr')).toHaveCount(3);
});

test('who wants little motion gets steps', async ({ page, server }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await enter(page, server.url);
  await begin(page);
  await expect(page.getByRole('button', { name: 'Play' })).toHaveCount(0);
  const learnt = () => page.getByRole('progressbar').evaluate((bar) => bar.value);
  await page.getByRole('button', { name: 'Next month' }).click();
  const one = await learnt();
  expect(one).toBeGreaterThan(1);
  await page.waitForTimeout(800);
  expect(await learnt()).toBe(one);
});

test('the visitor\'s own profile is not touched, and nothing of the household is left', async ({ page, server }) => {
  await enter(page, server.url);
  await begin(page);
  await page.getByRole('button', { name: 'Skip to the end' }).click();
  await page.locator('#outcome').waitFor();
  await go(page, '#/cart');
  expect(inWords(await storageOf(page))).toBe('nothing'); // before a choice

  await choose(page, 'all');
  const before = await page.evaluate(() => window.homebodyDemo.profile.state().interactions);
  await begin(page, 3);
  await page.getByRole('button', { name: 'Skip to the end' }).click();
  await page.locator('#outcome').waitFor();
  await go(page, '#/cart');
  expect(await page.evaluate(() => window.homebodyDemo.profile.state().interactions)).toBe(before);
  expect((await storageOf(page)).databases).toEqual(['homebody']);
});

test('the server does not learn which household was chosen', async ({ page, server, browser }) => {
  const logOf = async (place) => {
    const context = await browser.newContext();
    const other = await context.newPage();
    const from = (await server.accessLog()).length;
    await enter(other, server.url);
    await begin(other, place);
    await other.getByRole('button', { name: 'Skip to the end' }).click();
    await other.locator('#outcome').waitFor();
    await context.close();
    // That the bundle is still the latest is asked when the page is idle, which may be after the end.
    return (await server.accessLog()).slice(from).filter((line) => !line.startsWith('GET /shop/factors.safetensors 304')).sort();
  };
  const first = await logOf(0);
  expect(first).toContain('GET /shop/households.json 200');
  expect(await logOf(7)).toEqual(first);
});
