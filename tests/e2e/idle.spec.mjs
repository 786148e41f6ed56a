// Reports are made when the page has nothing better to do.
import { holdIdle, idleNow } from './lib/idle.mjs';
import { expect, test } from './lib/test.mjs';

/** A page whose report waits for an idle moment that comes when the test says so; returns what is sent. */
async function waiting(page, url) {
  const sent = [];
  await page.route('**/v1/reports', (route) => {
    sent.push(route.request().postData());
    return route.fulfill({ status: 201 });
  });
  await holdIdle(page);
  await page.goto(`${url}/merchant.html`);
  await page.evaluate(async () => {
    const { openProfile } = await import('/pkg/index.js');
    const { ids } = await (await fetch('/shop/catalogue.json')).json();
    // As bytes: of an address it would be asked, in an idle moment too, whether there is a newer one.
    const factors = new Uint8Array(await (await fetch('/shop/factors.safetensors')).arrayBuffer());
    window.profile = await openProfile({ factors, consent: { profile: true, reports: true }, reports: { url: '/v1/reports', delay: [0, 0] } });
    for (const id of ids.slice(0, 5)) window.profile.record('view', id);
    await window.profile.saved();
  });
  await page.waitForFunction(() => window.waiting.length === 1);
  return sent;
}

test('a report is made when the page is idle, not when its time has come', async ({ page, server }) => {
  const sent = await waiting(page, server.url);
  expect(sent).toEqual([]);
  await idleNow(page);
  await expect.poll(() => sent.length).toBe(1);
  expect(JSON.parse(sent[0])).toMatchObject({ type: 'departments' });
});

test('consent that is taken back while a report waits holds', async ({ page, server }) => {
  const sent = await waiting(page, server.url);
  await page.evaluate(() => window.profile.setConsent({ profile: true, reports: false }));
  await idleNow(page);
  await page.waitForTimeout(1000);
  expect(sent).toEqual([]);
});
