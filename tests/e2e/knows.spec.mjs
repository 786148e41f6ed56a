// What the page says that the server has is what the server has.
import { choose, enter, firstIds, go, saved, shop } from './lib/shopper.mjs';
import { expect, test } from './lib/test.mjs';

test('the lines are those of the access log, and the rows are the reports as they came', async ({ page, server }) => {
  const bodies = [];
  page.on('request', (request) => { if (request.method() === 'POST') bodies.push(request.postData().trimEnd()); });
  await enter(page, server.url);
  await choose(page, 'all');
  await shop(page, await firstIds(page, 2));
  await go(page, '#/knows');
  await expect(page.locator('#server .big').first()).toHaveText('0');
  await saved(page);
  await expect(page.locator('#server .big').first()).toHaveText('5', { timeout: 30_000 }); // the demo's reports wait seconds
  expect(bodies).toHaveLength(5);
  expect((await page.locator('#server pre:not(.log)').allTextContents())).toEqual(bodies);

  await expect.poll(async () => (await page.locator('#server .log').textContent()).split('\n').sort()).toEqual((await server.accessLog()).sort());
  const { interactions } = await page.evaluate(() => window.homebodyDemo.profile.state());
  await expect(page.locator('#device .big')).toHaveText(interactions.toLocaleString('en-US'));
  await expect(page.locator('#bytes-sent')).toHaveText('10,240');
});
