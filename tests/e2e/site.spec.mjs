// `cargo xtask site`: the demo on a plain file host, below some path: it opens, moves, and sends nothing.
import { existsSync } from 'node:fs';
import { startFileHost } from './lib/files.mjs';
import { ROOT } from './lib/server.mjs';
import { choose, forYou, ids, opened } from './lib/shopper.mjs';
import { expect, test } from './lib/test.mjs';

const SITE = process.env.HOMEBODY_SITE ?? `${ROOT}target/site`;

test.beforeAll(() => {
  if (!existsSync(`${SITE}/index.html`)) throw new Error(`${SITE} has no site: cargo xtask site`);
});

test('below a path of any file host the shelf is sorted anew, and no error shows', async ({ page, server }) => {
  const host = await startFileHost(SITE, '/of/somebody/');
  const wrong = [];
  const asked = [];
  page.on('console', (line) => ['error', 'warning'].includes(line.type()) && wrong.push(line.text()));
  page.on('request', (request) => asked.push(`${request.method()} ${request.url()}`));
  try {
    await page.goto(`${host.url}?debug#/`);
    await opened(page);
    await expect(page.locator('.without-server')).toBeVisible();
    await expect(page.locator('a[href*="merchant"]')).toBeHidden();
    await expect(page.getByRole('button', { name: 'Accept both' })).toBeHidden();
    await choose(page, 'device');

    const before = ids(await forYou(page));
    const first = asked.length;
    await page.locator('#for-you .tile').nth(5).getByRole('button', { name: /^Add / }).click();
    await expect.poll(async () => ids(await forYou(page))).not.toEqual(before);
    await page.evaluate(() => window.homebodyDemo.profile.saved());
    const { reports, status } = await page.evaluate(() => window.homebodyDemo.profile.state());
    expect({ reports, status }).toEqual({ reports: 'not-set-up', status: 'ready' }); // nobody could take them
    expect(asked.slice(first)).toEqual([]);

    for (const room of ['household', 'profile', 'how']) {
      await page.locator(`.rooms a[href="#/${room}"]`).click();
      await expect(page.locator('h1')).toBeVisible();
    }
    expect(asked.filter((line) => !line.startsWith(`GET ${host.url}`))).toEqual([]);
    expect(host.missing).toEqual([]);
    expect(wrong).toEqual([]);

    const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content');
    const sent = (await page.request.get(server.url)).headers()['content-security-policy'];
    const rules = (text) => text.split(';').map((rule) => rule.trim()).filter((rule) => !rule.startsWith('frame-ancestors')).sort();
    expect(rules(policy)).toEqual(rules(sent));
  } finally {
    await host.stop();
  }
});
