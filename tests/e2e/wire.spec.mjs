// With the wire cut no request leaves the page, by whatever way, and the shelf is still sorted anew.
import { choose, enter, forYou, go, ids } from './lib/shopper.mjs';
import { expect, test } from './lib/test.mjs';

/** Asks by every way that a script has. Runs in the page. */
async function tryEverything() {
  const image = new Image();
  image.src = '/style.css?image';
  navigator.sendBeacon('/v1/reports', 'beacon');
  const request = new XMLHttpRequest();
  request.open('GET', '/dom.js?xhr');
  const answered = (what) => what.then(() => true, () => false);
  const xhr = new Promise((resolve, reject) => {
    request.onload = resolve;
    request.onerror = reject;
  });
  try { request.send(); } catch { /* counted as not answered */ }
  const all = { fetch: answered(fetch('/dom.js?fetch')), xhr: answered(xhr), module: answered(import('/dom.js?module')) };
  return Object.fromEntries(await Promise.all(Object.entries(all).map(async ([name, promise]) => [name, await promise])));
}

const cut = async (page) => {
  await go(page, '#/wire');
  await page.getByRole('button', { name: 'Cut the wire' }).click();
  await expect(page.getByText('The wire is cut.').first()).toBeVisible();
};

test('nothing leaves, it is counted, and the shelf moves', async ({ page, server, pageErrors }) => {
  await enter(page, server.url);
  await choose(page, 'device');
  await cut(page);
  const before = await server.accessLog();
  expect(await page.evaluate(tryEverything)).toEqual({ fetch: false, xhr: false, module: false });
  await page.getByRole('button', { name: 'Try to send something' }).click();
  await expect(page.locator('#blocked')).toHaveText(/^[6-9] requests blocked so far\.$/);
  await page.waitForTimeout(300);
  expect(await server.accessLog()).toEqual(before);

  const shelf = ids(await forYou(page));
  await page.locator('.tile .add').nth(6).click();
  await expect.poll(async () => ids(await forYou(page))).not.toEqual(shelf);
  await expect(page.locator('.moved').first()).toBeVisible();
  await go(page, '#/'); // and the other pages are still there
  expect(await forYou(page)).toHaveLength(12);
  await expect(page.locator('#wire-cut')).toBeVisible();
  pageErrors.length = 0;
});

test('control: before the cut all of it gets through', async ({ page, server, pageErrors }) => {
  await enter(page, server.url);
  await go(page, '#/wire');
  // That the bundle is still the latest is asked when the page is idle, so it is not counted.
  const tried = async () => (await server.accessLog()).filter((line) => /^(GET \/(style\.css|dom\.js)|POST \/v1\/reports) /.test(line)).length;
  const before = await tried();
  expect(await page.evaluate(tryEverything)).toEqual({ fetch: true, xhr: true, module: true });
  await expect.poll(tried).toBe(before + 5);
  pageErrors.length = 0;
});

test('a report that is due is blocked too, and waits in the ledger', async ({ page, server }) => {
  await page.clock.install();
  await enter(page, server.url);
  await choose(page, 'all');
  await cut(page);
  await page.locator('.tile .add').first().click();
  await page.evaluate(() => window.homebodyDemo.profile.saved());
  await page.clock.runFor(10_000);
  await expect.poll(async () => (await page.evaluate(() => window.homebodyDemo.profile.ledger())).map(({ state }) => state)).toEqual(Array(5).fill('waiting'));
  await expect(page.locator('#blocked')).toHaveText(/^[1-9]\d* requests? blocked so far\.$/); // it is tried again, and blocked again
  expect((await server.accessLog()).filter((line) => line.startsWith('POST'))).toEqual([]);
});

test('a reload mends it', async ({ page, server }) => {
  await enter(page, server.url);
  await choose(page, 'device');
  await cut(page);
  await page.getByRole('button', { name: 'Reload to mend it' }).click();
  await expect(page.getByRole('button', { name: 'Cut the wire' })).toBeVisible();
  expect(await page.evaluate(() => fetch('/dom.js').then(({ ok }) => ok))).toBe(true);
});
