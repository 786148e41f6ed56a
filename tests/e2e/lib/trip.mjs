// A shopping trip with all that the shop offers, over several days and tabs. Which items, words and deeds these are
// comes from a seed; which rooms are gone through does not.
import { mulberry } from './random.mjs';
import { choose, departments, go, ledger, opened, productAt, saved } from './shopper.mjs';
import { watch } from './network.mjs';

const DAY = 86_400_000;
const KINDS = ['view', 'click', 'cart', 'uncart', 'wish', 'purchase', 'payment', 'delivery', 'refund', 'rate', 'search', 'impression'];
const TYPES = 5;
const ROOMS = ['#/departments', '#/cart', '#/orders', '#/how', '#/household', '#/knows', '#/wire', '#/profile', '#/'];

/**
 * @param {import('@playwright/test').BrowserContext} context
 * @param {{ base: string, seed: number, days: number, deeds: number, everywhere?: boolean, seen: import('./proxy.mjs').Seen[] }} options
 *   `deeds`: so many a day beside what the pages record; `everywhere`: in a second tab, too, and through all rooms, with all
 *   that one may do there
 */
export async function trip(context, { base, seed, days, deeds, everywhere = true, seen }) {
  const random = mulberry(seed);
  const watched = [];
  /** What the shopper did is `doing`, while the clock is wound it is `waiting`. @type {[number, string][]} */
  const phases = [];
  const phase = (name) => phases.push([Date.now(), name]);
  const tab = async (address) => {
    const page = await context.newPage();
    watched.push(await watch(page));
    await page.goto(base + address);
    await opened(page);
    return page;
  };
  const words = [`gluten ${seed} organic`, `fresh zz${seed} bread`];
  const done = { ids: new Set(), words, bought: new Set() };
  const start = Date.now() - (days - 1) * DAY;
  await context.clock.install({ time: start });

  phase('doing');
  let page = await tab('/?debug#/');
  const all = await page.evaluate(() => window.homebodyDemo.ordinary);
  const next = () => {
    const id = all.splice(Math.floor(random() * all.length), 1)[0];
    done.ids.add(id);
    return id;
  };
  await search(page, words[0]); // before an answer
  await choose(page, 'all');

  for (let day = 0; day < days; day += 1) {
    // The second day is one of the experiment: its shelf is everybody's.
    if (day > 0) {
      phase('doing');
      await context.clock.setSystemTime(start + day * DAY);
      await page.close();
      page = await tab(day === 1 ? '/?debug&popular=1#/' : '/?debug#/');
    }
    await aVisit(page, { looked: next(), bought: [next(), next()], words: words[day % 2] }, done);
    const tabs = everywhere ? [page, await tab('/?debug#/cart')] : [page];
    for (const one of tabs) await record(one, Array.from({ length: deeds / 2 }, (_, at) => [KINDS[at % KINDS.length], next(), Math.ceil(random() * 5)]));
    if (day === 0 && everywhere) await aLookRound(page, [next(), next(), next()]);
    if (day === 1) await consents(tabs, next);
    for (const other of tabs.slice(1)) {
      await saved(other);
      await other.close();
    }
    await saved(page);
    phase('waiting');
    await sent(page, (day + 1) * TYPES);
    await quiet(seen);
  }
  const when = (at) => phases.findLast(([since]) => since <= at)?.[1];
  return {
    page, done, when,
    requests: [...seen, ...watched.flatMap(({ requests }) => requests())],
    ledger: await ledger(page),
    departments: await departments(page),
    interactions: await page.evaluate(() => window.homebodyDemo.profile.state().interactions),
  };
}

/** By way of the pages: search, look, wish, rate, cart, checkout, delivery, return. */
async function aVisit(page, { looked, bought, words }, done) {
  await search(page, words);
  await go(page, productAt(looked));
  await page.getByRole('button', { name: 'Wish for it' }).click();
  await page.getByRole('button', { name: '4 of 5 stars' }).click();
  for (const id of bought) done.bought.add(id);
  await page.evaluate((ids) => { for (const id of ids) window.homebodyDemo.shop.addToCart(id); }, bought);
  await go(page, '#/cart');
  await go(page, '#/checkout');
  await page.getByRole('button', { name: 'Order and pay' }).click();
  await page.getByRole('button', { name: 'It has arrived' }).first().click();
  await page.getByRole('button', { name: /^Send .* back$/ }).first().click();
  await go(page, '#/');
  await page.locator('#main [data-list] .tile a').first().click();
}

/** Every room, the inspector's parts, what the shopper may put right and take away. */
async function aLookRound(page, [more, never, gone]) {
  for (const room of ROOMS) await go(page, room);
  await go(page, '#/household');
  await page.getByRole('button', { name: 'Begin the year' }).click();
  await page.getByRole('button', { name: 'Skip to the end' }).click();
  await page.locator('#outcome').waitFor();
  await go(page, '#/profile');
  for (const part of ['Why', 'What left this device', 'What it thinks']) await page.getByRole('tab', { name: part }).click();
  await page.evaluate(async ([more, never, gone]) => {
    const { profile } = window.homebodyDemo;
    for (const id of [more, never, gone]) profile.record('view', id);
    await profile.correct({ item: more, as: 'more' });
    await profile.correct({ item: more, as: 'lock' });
    await profile.correct({ item: never, as: 'not-me' });
    await profile.forget({ item: gone });
    await profile.undo();
    profile.pause();
    profile.pause(false);
    const { openBackup, sealBackup } = await import('/pkg/backup.js');
    const file = await sealBackup(await profile.export(), 'correct horse battery');
    await profile.import(await openBackup(file, 'correct horse battery'), { merge: true });
    profile.record('cart', gone); // what was imported counts as reported
  }, [more, never, gone]);
}

/** Reports off and on again, in each tab. */
async function consents(tabs, next) {
  const answer = (tab, reports) => tab.evaluate((given) => window.homebodyDemo.profile.setConsent({ profile: true, reports: given, segments: true }), reports);
  for (const reports of [false, true]) for (const tab of tabs) await answer(tab, reports);
  await tabs[0].evaluate(() => window.homebodyDemo.profile.taste());
  await record(tabs[0], [['cart', next(), 1]]);
}

async function search(page, words) {
  await page.getByLabel('Search the shop').fill(words);
  await page.getByRole('button', { name: 'Search', exact: true }).click();
}

/** Past the pages, in the middle of them: each deed with an item of its own. */
async function record(page, deeds) {
  const refused = await page.evaluate((all) => {
    const { profile } = window.homebodyDemo;
    return all.map(([kind, id, number]) => profile.record(kind, id, { quantity: number, rating: kind === 'rate' ? number : undefined })).filter(Boolean);
  }, deeds);
  if (refused.length > 0) throw new Error(`refused: ${refused}`);
}

/** Winds the clock until so many reports have gone. */
async function sent(page, count) {
  for (let tries = 0; tries < 100; tries += 1) {
    await page.clock.runFor(10_000);
    const states = (await ledger(page)).map(({ state }) => state);
    if (states.filter((state) => state === 'sent').length >= count) return;
  }
  throw new Error(`of ${count} reports not all have gone: ${(await ledger(page)).map(({ state, text }) => `${state} ${text}`).join('; ')}`);
}

/** Nothing is under way any more. */
async function quiet(seen) {
  for (let before = -1; before !== seen.length;) {
    before = seen.length;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}
