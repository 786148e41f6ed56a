// The network holds nothing but the shop's own files and declared reports, byte for byte. The controls
// are shops that leak a little, each in its own way: every one must be found out.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { complaints, ownFiles, TYPES, watch } from './lib/network.mjs';
import { FOLDERS } from './lib/server.mjs';
import { choose, departments, enter, firstIds, go, ledger, shop } from './lib/shopper.mjs';
import { expect, test } from './lib/test.mjs';

const REPORTS = Object.keys(TYPES).length;

/** Shops, looks around, lets a report go, and judges all that went over the wire. */
async function judgedVisit(page, server) {
  const network = await watch(page);
  await page.clock.install();
  await enter(page, server.url);
  await choose(page, 'all');
  await shop(page, await firstIds(page, 2));
  for (const hash of ['#/search/milk', '#/orders', '#/profile', '#/']) await go(page, hash);
  await page.clock.runFor(60_000);
  await expect.poll(async () => (await ledger(page)).filter(({ state }) => state === 'sent').length).toBe(REPORTS);
  const requests = network.requests();
  const expected = { files: ownFiles(), base: server.url, ledger: await ledger(page), departments: await departments(page) };
  return { requests, wrong: complaints(requests, expected) };
}

test('only own files and the declared reports are sent, one of each type', async ({ page, server }) => {
  const { requests, wrong } = await judgedVisit(page, server);
  expect(wrong).toEqual([]);
  const reports = requests.filter(({ method }) => method === 'POST').map(({ body }) => JSON.parse(body).type);
  expect(reports.sort()).toEqual(Object.keys(TYPES).sort());
  expect(page.workers()).toEqual([]); // a worker would have a network of its own

  // The server saw just as many requests: the browser sent none behind our back.
  const seen = requests.map(({ method, url }) => `${method} ${new URL(url).pathname}`).sort();
  const logged = (await server.accessLog()).map((line) => line.replace(/ \d+$/, '')).sort();
  expect(logged).toEqual(seen);
});

test('what comes back is the very files of the shop, to the byte', async ({ page, server }) => {
  const differing = [];
  const pending = [];
  const compare = (response) => pending.push((async () => {
    const { pathname } = new URL(response.url());
    const [, folder = 'www', file] = /^\/(?:(pkg|shop)\/)?(.*)$/.exec(pathname);
    const disk = await readFile(join(FOLDERS[folder], file || 'index.html'));
    if (!disk.equals(await response.body())) differing.push(pathname);
  })());
  page.on('response', compare);
  await enter(page, server.url);
  page.off('response', compare); // what comes when the page is idle has no end here
  await Promise.all(pending);
  expect(pending.length).toBeGreaterThan(10);
  expect(differing).toEqual([]);
});

/** What a leaking product page does, and the complaint that must come of it, and no other. */
const LEAKS = {
  'a fetch of the product': ["fetch('/product/' + id)", /product\/\d+: is neither/],
  'a beacon': ["navigator.sendBeacon('/v1/reports', id)", /reports: (has \d bytes|is not in the ledger|is not JSON)/],
  'a query on a file of our own': ["fetch('/dom.js?seen=' + id)", /seen=\d+: is neither/],
  'a header': ["fetch('/dom.js', { headers: { 'x-seen': id } })", /header x-seen: \d+/],
  'a cookie': ["(document.cookie = 'seen=' + id, fetch('/dom.js', { cache: 'reload' }))", /header cookie: seen=\d+/],
  'a report that the ledger does not know': ["fetch('/v1/reports', { method: 'POST', body: id.padEnd(2048) })", /reports: (has the|is|names|other|broken)/],
};

for (const [name, [leak, complaint]] of Object.entries(LEAKS)) {
  test(`control: ${name} is found out`, async ({ page, server }) => {
    await page.route('**/pages/product.js', async (route) => {
      const source = await (await route.fetch()).text();
      const leaking = source.replace('export function product(shop, id) {', (line) => `${line}\n  ${leak};`);
      expect(leaking).not.toBe(source);
      await route.fulfill({ body: leaking, contentType: 'text/javascript' });
    });
    const { wrong } = await judgedVisit(page, server);
    expect(wrong.filter((text) => complaint.test(text)).length).toBeGreaterThan(0);
    expect(wrong.filter((text) => !/product|v1\/reports|dom\.js|cookie/.test(text))).toEqual([]);
  });
}
