// One visit from the first page to a reload: what the lists show, what is stored, what leaves.
import { complaints, inWords, ownFiles, TYPES, watch } from '../lib/network.mjs';
import { categoryAt, choose, departments, enter, forYou, go, ids, ledger, reload, saved } from '../lib/shopper.mjs';
import { storageOf } from '../lib/storage.mjs';

const REPORTS = Object.keys(TYPES).length;
const REPORT_WITHIN = 30_000; // the demo's reports wait 2 to 6 seconds

export async function firstVisit({ base, say, expect, stranger }) {
  const page = await stranger();
  const network = await watch(page);
  await enter(page, base);
  await choose(page, 'all');

  const category = await pageAt(page, 0.3);
  const lists = [await shown(page, say, 'before the first click')];
  for (const clicks of [1, 2, 3]) {
    const name = await click(page, category, clicks);
    await go(page, '#/');
    const list = await forYou(page);
    if (clicks === 2) continue;
    lists.push(await shown(page, say, `after ${clicks === 1 ? 'one click' : 'three clicks'} in "${category}", the last on ${name}`, list));
  }
  const [before, after] = lists;
  expect(lists.flat().every(({ reason }) => reason !== ''), 'each item of each list has its reason');
  expect(ids(before).join() !== ids(after).join(), 'one click sorts the list anew');
  const [then, now] = [count(before, category), count(lists[2], category)];
  expect(now > then, `after three clicks "${category}" has ${now} of 12 places, before ${then}`);

  await sameAfterReload(page, expect);
  await bytesStored(page, expect);
  await whatLeft(page, network, { base, say, expect });
  await page.context().close();
}

async function shown(page, say, title, list) {
  list ??= await forYou(page);
  say(`\n"For you" ${title}:`);
  list.forEach(({ name, size, reason }, place) => say(`  ${String(place + 1).padStart(2)}. ${[name, size].filter(Boolean).join(', ')} (${reason})`));
  say();
  return list;
}

const count = (list, category) => list.filter((item) => item.category === category).length;

/** A category with some choice that the first list does not show: at the given part of the catalogue's. */
function pageAt(page, part) {
  return page.evaluate((at) => {
    const { catalogue } = window.homebodyDemo;
    const shown = new Set([...document.querySelectorAll('.tile [data-item]')].map(({ dataset }) => catalogue.item(dataset.item).category));
    const wide = catalogue.departments.flatMap(({ categories }) => categories).filter(({ path, items }) => items >= 8 && !shown.has(path));
    return wide[Math.floor(wide.length * at)].path;
  }, part);
}

/** Clicks the n-th tile of a category's page. */
async function click(page, category, n) {
  await go(page, categoryAt(category));
  const tile = page.locator('.tile [data-item]').nth(n);
  const name = await tile.locator('.name').innerText();
  await tile.click();
  await page.locator('article.product').waitFor();
  return name;
}

/** Looked at through a window too low for a tile, so that looking itself adds no impressions. */
async function sameAfterReload(page, expect) {
  const window = page.viewportSize();
  await go(page, '#/cart');
  await page.setViewportSize({ ...window, height: 100 });
  await go(page, '#/');
  const before = await forYou(page);
  await saved(page);
  await reload(page);
  const after = await forYou(page);
  await page.setViewportSize(window);
  expect(before.length === 12 && ids(before).join() === ids(after).join(), 'after a reload the list is the same');
}

async function bytesStored(page, expect) {
  const { kept } = await storageOf(page);
  const records = kept.filter(({ where }) => where.startsWith('homebody'));
  const read = records.reduce((sum, { bytes }) => sum + bytes, 0);
  const told = await page.evaluate(async () => (await navigator.storage.estimate()).usageDetails?.indexedDB);
  const interactions = await page.evaluate(() => window.homebodyDemo.profile.state().interactions);
  expect(read > 0, `IndexedDB holds ${read.toLocaleString('en-US')} bytes in ${records.length} records after ${interactions} interactions, `
    + `as read back${told === undefined ? '' : `; with its own files the browser counts ${told.toLocaleString('en-US')}`}`);
}

async function whatLeft(page, network, { base, say, expect }) {
  const sent = async () => (await ledger(page)).filter(({ state }) => state === 'sent');
  const until = Date.now() + REPORT_WITHIN;
  while ((await sent()).length < REPORTS && Date.now() < until) await page.waitForTimeout(250);
  expect((await sent()).length === REPORTS, `the ledger declares ${(await sent()).length} reports, one of each type, as this shopper allowed`);

  const requests = network.requests();
  say('\nAll that left during this visit (bytes with the request line and all headers, uncompressed):');
  for (const request of requests) say(`  ${request.method} ${request.path}  ${request.bytes.toLocaleString('en-US')} bytes: ${inWords(request)}`);
  say();
  const wrong = complaints(requests, { files: ownFiles(), base, ledger: await ledger(page), departments: await departments(page) });
  const reports = requests.filter(({ method }) => method === 'POST').length;
  expect(wrong.length === 0, wrong.length === 0
    ? `${requests.length} requests left: ${requests.length - reports} for the shop's own files, ${reports} with declared reports, nothing else`
    : `something else left: ${wrong.join('; ')}`);
}
