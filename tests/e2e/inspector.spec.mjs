// The inspector: each verb by keyboard, in every tab, after a reload; hostile names; what it says of GPC.
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { choose, enter, events, go, opened, reload, saved } from './lib/shopper.mjs';
import { expect, test } from './lib/test.mjs';

const AXE = createRequire(import.meta.url).resolve('axe-core');

/** A visit with something to think about: two categories, and its names. */
async function visit(page, server, choice = 'device') {
  await enter(page, server.url, '#/cart'); // a page without tiles: no impressions
  await choose(page, choice);
  return page.evaluate(async () => {
    const { catalogue, profile } = window.homebodyDemo;
    const first = catalogue.item(catalogue.ids[0]);
    const second = catalogue.item(catalogue.ids.find((id) => catalogue.item(id).department !== first.department));
    for (const one of [first, second]) profile.record('view', one.id);
    profile.record('cart', first.id);
    await profile.saved();
    return { first, second };
  });
}

const inspector = (page) => page.locator('homebody-inspector');
const open = async (page, tab) => {
  await go(page, '#/profile');
  if (tab) await inspector(page).getByRole('tab', { name: tab }).click();
  await settled(page);
};
const settled = (page) => inspector(page).evaluate((element) => element.drawn());
const interests = (page) => page.evaluate(async () => Object.fromEntries((await window.homebodyDemo.profile.interests()).map(({ category, share }) => [category, share])));
const snapshot = (page) => page.evaluate(() => Array.from(window.homebodyDemo.profile.snapshot()).join());
const done = (page) => page.locator('#done');

/** By keyboard alone: the focus is brought there, and Enter pressed. */
async function press(page, name, options = {}) {
  const button = inspector(page).getByRole('button', { name, exact: true, ...options }).first();
  await button.focus();
  await page.keyboard.press('Enter');
}

async function unfold(page, row) {
  await inspector(page).getByRole('listitem').filter({ hasText: row }).first().locator('summary').first().focus();
  await page.keyboard.press('Enter');
}

test('the tabs are tabs: arrows, Home and End move, and one panel is shown', async ({ page, server }) => {
  await visit(page, server);
  await open(page);
  const tabs = inspector(page).getByRole('tab');
  await tabs.first().focus();
  const selected = async () => (await tabs.evaluateAll((all) => all.map((one) => one.getAttribute('aria-selected')))).indexOf('true');
  for (const [key, place] of [['ArrowRight', 1], ['ArrowRight', 2], ['ArrowRight', 0], ['ArrowLeft', 2], ['Home', 0], ['End', 2]]) {
    await page.keyboard.press(key);
    await settled(page);
    expect([key, await selected()]).toEqual([key, place]);
    await expect(tabs.nth(place)).toBeFocused();
  }
  await expect(inspector(page).getByRole('tabpanel')).toHaveAccessibleName('What left this device');
});

test('it says what it thinks, and why, with the items that moved', async ({ page, server }) => {
  const { first, second } = await visit(page, server);
  await open(page);
  await expect(inspector(page)).toContainText(`care most for ${first.category}`);
  await open(page, 'Why');
  const lines = inspector(page).getByRole('list', { name: 'What changed, newest first' }).locator('> li');
  await expect(lines).toHaveCount(3);
  await expect(lines.first()).toContainText(new RegExp(`you put .* into your cart.*→.*${first.department}.*→.*from (place \\d+|far below) to \\d+`));
  await expect(lines.nth(1)).toContainText(`you viewed ${second.name}`);
});

test('more, less, lock, not me, take back: by keyboard, in the other tab, after a reload', async ({ page, context, server }) => {
  const { first, second } = await visit(page, server);
  const other = await context.newPage();
  await enter(other, server.url, '#/cart');
  await open(page);
  await unfold(page, first.category);
  await press(page, `More: ${first.category}`);
  await expect(done(page)).toContainText('More of');
  await press(page, `More: ${first.category}`);
  await press(page, `Less: ${first.category}`);
  await press(page, `Lock: ${first.category}`);
  await expect(inspector(page).getByRole('button', { name: `Locked: ${first.category}` }).first()).toBeFocused(); // it is where it was
  await unfold(page, second.category);
  await press(page, `Not me: ${second.category}`);
  await expect(done(page)).toContainText('unlearnt');
  const expected = [
    { category: first.category, level: 1, locked: true, notMe: false },
    { category: second.category, level: 0, locked: false, notMe: true },
  ];
  const standing = (tab) => tab.evaluate(() => window.homebodyDemo.profile.corrections());
  expect(await standing(page)).toEqual(expected);
  await expect.poll(() => standing(other)).toEqual(expected);
  await expect.poll(() => snapshot(other)).toBe(await snapshot(page));
  expect((await interests(other))[second.category]).toBeUndefined();

  const locked = (await interests(page))[first.category];

  // A hundred contrary clicks, from the other tab.
  await other.evaluate(async ({ mine, not }) => {
    const { catalogue, ordinary, profile } = window.homebodyDemo;
    const contrary = ordinary.filter((id) => ![mine, not].includes(catalogue.item(id).category)).slice(0, 50);
    for (const id of contrary) for (const kind of ['click', 'cart']) profile.record(kind, id);
    await profile.saved();
  }, { mine: first.category, not: second.category });
  await expect.poll(async () => Object.keys(await interests(page)).length).toBeGreaterThan(2);
  // It was all that there was, and holds the most that may be held.
  expect((await interests(page))[first.category]).toBeCloseTo(Math.min(locked, 0.9), 5);

  await reload(page);
  expect(await standing(page)).toEqual(expected);
  await settled(page);
  await press(page, `Take back: ${second.category}`);
  await expect.poll(() => standing(page)).toEqual([expected[0]]);
  await press(page, `Take back: ${first.category}`);
  await expect.poll(() => standing(page)).toEqual([]);
  await expect.poll(async () => (await interests(page))[second.category]).toBeGreaterThan(0);
});

test('what is forgotten was never seen, here and in the other tab; undo brings it back', async ({ page, context, server }) => {
  await visit(page, server);
  const before = await snapshot(page);
  const third = await page.evaluate(async () => {
    const { catalogue, profile } = window.homebodyDemo;
    profile.record('cart', catalogue.ids[40]);
    await profile.saved();
    return catalogue.item(catalogue.ids[40]);
  });
  const whole = await snapshot(page);
  expect(whole).not.toBe(before); // the control
  const other = await context.newPage();
  await enter(other, server.url, '#/cart');
  await open(page, 'Why');
  await unfold(page, third.name);
  await inspector(page).getByRole('button', { name: `Forget this event: you put ${third.name}` }).focus();
  await page.keyboard.press('Enter');
  await expect(done(page)).toContainText('1 event forgotten');
  for (const tab of [page, other]) await expect.poll(() => snapshot(tab)).toBe(before);
  expect(await events(page)).not.toContain(`cart ${third.id}`);
  await press(page, 'Undo');
  await expect(done(page)).toContainText('1 event remembered again');
  for (const tab of [page, other]) await expect.poll(() => snapshot(tab)).toBe(whole);
  // The last thing done is taken back next.
  await press(page, 'Undo');
  await expect(done(page)).toContainText('Taken back: cart');
  await expect.poll(() => snapshot(page)).toBe(before);
  await reload(page);
  expect(await snapshot(page)).toBe(before);
});

test('pause, export, erase, import: the profile is the same to the byte', async ({ page, server }, info) => {
  const { first } = await visit(page, server);
  await page.evaluate((category) => window.homebodyDemo.profile.correct({ category, as: 'lock' }), first.category);
  await page.evaluate((id) => { window.homebodyDemo.profile.record('wish', id); }, first.id);
  await saved(page);
  await open(page);
  await press(page, 'Pause learning');
  await expect(inspector(page)).toContainText('learning is paused');
  expect(await page.evaluate((id) => window.homebodyDemo.profile.record('view', id), first.id)).toBe('paused');
  await press(page, 'Go on learning');

  const downloading = page.waitForEvent('download');
  await press(page, 'Export');
  const file = await (await downloading).path();
  const exported = JSON.parse(await readFile(file, 'utf8'));
  expect([exported.format, exported.log.length, exported.corrections.length]).toEqual(['homebody-profile-2', 4, 1]);
  expect(exported.corrections[0]).toMatchObject({ category: first.category, as: 'lock', after: 3 });
  const state = () => page.evaluate(async () => {
    const { profile } = window.homebodyDemo;
    const { log, corrections, taste, counts, ratings } = await profile.export();
    return { log, corrections, taste, counts, ratings, standing: await profile.corrections() };
  });
  const before = await state();

  await press(page, 'Erase…');
  await press(page, 'Erase everything');
  await expect(done(page)).toContainText('one date');
  await choose(page, 'device');
  await opened(page); // the shop opens another profile
  expect((await state()).log).toEqual([]); // the control

  const broken = info.outputPath('broken.json');
  await writeFile(broken, JSON.stringify({ ...exported, log: [{ ...exported.log[0], quantity: -1 }] }));
  const read = async (path) => {
    await settled(page);
    await press(page, 'Import…');
    await page.locator('#file').setInputFiles(path);
    await press(page, 'Import');
  };
  await read(broken);
  await expect(done(page)).toContainText('entry 0 of its log: invalid-value');
  expect((await state()).log).toEqual([]);
  await read(file);
  await expect(done(page)).toContainText('5 entries imported');
  expect(await state()).toEqual(before);
});

test('names are inert, no page is wider than a phone, and axe finds nothing, in light and dark', async ({ page, server }) => {
  const hostile = '<img src=x onerror="window.hacked=1">';
  await page.addInitScript({ path: AXE });
  await page.route('**/shop/catalogue.json', async (route) => {
    const catalogue = await (await route.fetch()).json();
    catalogue.names[0] = hostile;
    await route.fulfill({ json: catalogue });
  });
  await page.setViewportSize({ width: 375, height: 700 });
  const { first } = await visit(page, server, 'all');
  expect(first.name).toBe(hostile);
  await page.evaluate((item) => window.homebodyDemo.profile.correct({ item, as: 'more' }), first.id);
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    for (const tab of ['What it thinks', 'Why', 'What left']) {
      await open(page, tab);
      for (const summary of await inspector(page).locator('summary').all()) if (await summary.isVisible()) await summary.click();
      const { violations } = await page.evaluate(() => window.axe.run());
      expect(violations.map(({ id, nodes }) => `${id} ${nodes[0].html}`), `${tab}, ${colorScheme}`).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), tab).toBeLessThanOrEqual(375);
    }
  }
  await open(page, 'Why');
  await expect(inspector(page)).toContainText(hostile);
  expect(await inspector(page).evaluate((element) => element.shadowRoot.querySelectorAll('img, script, [style*="url"]').length)).toBe(0);
  expect(await page.evaluate(() => window.hacked)).toBeUndefined();
});

test('it says that reports are off because the browser asks for it', async ({ page, server }) => {
  await page.addInitScript(() => Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true }));
  await visit(page, server, 'all');
  await open(page, 'What left');
  await expect(inspector(page).getByRole('tabpanel')).toContainText('Reports are off because your browser asks for it (Global Privacy Control)');
  await expect(inspector(page).getByRole('tabpanel')).toContainText('Nothing about you has left this device');
});
