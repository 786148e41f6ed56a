// Reports are made when the page has nothing better to do.
import { expect, test } from './lib/test.mjs';

test('a report is made when the page is idle, not when its time has come', async ({ page, server }) => {
  const sent = [];
  await page.route('**/v1/reports', (route) => {
    sent.push(route.request().postData());
    return route.fulfill({ status: 201 });
  });
  await page.addInitScript(() => {
    window.waiting = [];
    window.requestIdleCallback = (work) => window.waiting.push(work);
  });
  await page.goto(`${server.url}/merchant.html`);
  await page.evaluate(async () => {
    const { openProfile } = await import('/pkg/index.js');
    const { ids } = await (await fetch('/shop/catalogue.json')).json();
    const reports = { url: '/v1/reports', delay: [0, 0] };
    window.profile = await openProfile({ factors: '/shop/factors.safetensors', consent: { profile: true, reports: true }, reports });
    for (const id of ids.slice(0, 5)) window.profile.record('view', id);
    await window.profile.saved();
  });
  // One asks for a newer bundle, the other makes the report.
  await page.waitForFunction(() => window.waiting.length === 2);
  expect(sent).toEqual([]);
  await page.evaluate(() => { window.waiting.splice(0).forEach((work) => { work(); }); });
  await expect.poll(() => sent.length).toBe(1);
  expect(JSON.parse(sent[0])).toMatchObject({ type: 'departments' });
});
