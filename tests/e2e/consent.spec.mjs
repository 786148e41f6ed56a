// Nothing is kept or sent without consent; erasing leaves one date. Each test has its control: the
// same visit with consent, where the same looking finds something.
import { inWords, leaves, storageOf } from './lib/storage.mjs';
import { TYPES } from './lib/network.mjs';
import { choose, enter, firstIds, go, opened, saved, shop } from './lib/shopper.mjs';
import { expect, test } from './lib/test.mjs';

/** A visit on a clock that is wound forward, so that a report that is due does go. */
async function visit(page, server, choice) {
  await page.clock.install();
  await enter(page, server.url);
  if (choice) await choose(page, choice);
  await shop(page, await firstIds(page, 2));
  await page.getByRole('link', { name: 'Go to checkout' }).click();
  await page.getByRole('button', { name: 'Order and pay' }).click();
  await go(page, '#/');
  await saved(page);
  await page.clock.runFor(60_000);
}

const reports = async (server) => (await server.accessLog()).filter((line) => line.startsWith('POST')).length;

/** Winds the clock until all reports have arrived; a slow server sees one more than once. Returns how often. */
async function reported(page, server) {
  await expect.poll(async () => {
    await page.clock.runFor(60_000);
    return page.evaluate(async () => (await window.homebodyDemo.profile.ledger()).map(({ state }) => state));
  }).toEqual(Object.keys(TYPES).map(() => 'sent'));
  return reports(server);
}

for (const choice of [undefined, 'none']) {
  test(`${choice ? 'after a refusal' : 'before a choice'} nothing is stored and nothing leaves`, async ({ page, server }) => {
    await visit(page, server, choice);
    expect(inWords(await storageOf(page))).toBe('nothing');
    expect(await reports(server)).toBe(0);
    await go(page, '#/profile');
    await expect(page.locator('#state')).toHaveAttribute('data-status', choice ? 'refused' : 'pending');
    await page.reload();
    await expect(page.locator('#consent')).toBeVisible(); // a refusal is not remembered either
  });
}

test('control: with consent the same visit is stored, and reports leave', async ({ page, server }) => {
  await visit(page, server, 'all');
  expect(inWords(await storageOf(page))).toMatch(/localStorage "shop-consent"/);
  expect((await storageOf(page)).kept.some(({ where }) => where.startsWith('homebody/'))).toBe(true);
  expect(await reported(page, server)).toBeGreaterThan(0);
  await expect(page.locator('#bytes-sent')).toHaveText((2048 * Object.keys(TYPES).length).toLocaleString('en-US'));
});

test('a refusal after consent erases: the one date stays, as after erasing', async ({ page, server }) => {
  await visit(page, server, 'device');
  await go(page, '#/profile');
  await page.getByLabel('Nothing at all').check();
  await expect(page.locator('#state')).toHaveAttribute('data-status', 'refused');
  await shop(page, await firstIds(page, 2));
  await page.clock.runFor(60_000);
  const values = (await storageOf(page)).kept.flatMap(({ value }) => leaves(value));
  expect(values).toEqual([expect.any(Number)]);
});

test('only on this device: stored, and no report', async ({ page, server }) => {
  await visit(page, server, 'device');
  expect((await storageOf(page)).kept).not.toHaveLength(0);
  expect(await reports(server)).toBe(0);
});

test('Global Privacy Control turns reports off', async ({ page, server }) => {
  await page.addInitScript(() => Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true }));
  await visit(page, server, 'all');
  expect(await reports(server)).toBe(0);
  await go(page, '#/profile');
  await expect(page.locator('#state')).toContainText('Global Privacy Control');
  // The profile may stay, for which there is consent.
  await expect(page.locator('#state')).toHaveAttribute('data-status', 'ready');
  expect((await storageOf(page)).kept.some(({ where }) => where === 'homebody/log')).toBe(true);
});

test('Global Privacy Control switched on in the middle of a visit stops the report that was due', async ({ page, server }) => {
  await page.addInitScript(() => Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => window.asksForPrivacy === true }));
  await page.clock.install();
  await enter(page, server.url);
  await choose(page, 'all');
  await shop(page, await firstIds(page, 2));
  await saved(page); // the delay has begun
  await page.evaluate(() => { window.asksForPrivacy = true; });
  await page.clock.runFor(60_000);
  await go(page, '#/profile');
  await expect(page.locator('#state')).toContainText('Global Privacy Control');
  expect(await reports(server)).toBe(0);
  // The control: switched off again, what was done since is reported.
  await page.evaluate(() => { window.asksForPrivacy = false; });
  await shop(page, await firstIds(page, 2));
  expect(await reported(page, server)).toBeGreaterThan(0);
});

test('erasing leaves one date in all storages of the origin, and shows it', async ({ page, server }) => {
  await visit(page, server, 'all');
  const sent = await reported(page, server);
  expect(sent).toBeGreaterThan(0);
  const before = (await storageOf(page)).kept;
  expect(before.flatMap(({ value }) => leaves(value)).length).toBeGreaterThan(1); // the control

  await go(page, '#/profile');
  await page.getByRole('button', { name: 'Erase…' }).click();
  await page.getByRole('button', { name: 'Erase everything' }).click();
  await expect(page.locator('#done')).toContainText(/no report is sent before \d+ \w+ \d{4}/);

  await page.clock.runFor(60_000); // and it stays at one, whatever was still to be written
  const { kept } = await storageOf(page);
  expect(kept).toHaveLength(1);
  const [date, ...more] = kept.flatMap(({ value }) => leaves(value));
  expect(more).toEqual([]);
  expect(new Date(date).getTime()).toBeGreaterThan(await page.evaluate(() => Date.now()));
  const shown = await page.evaluate((at) => new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' }).format(at), date);
  await expect(page.locator('#done')).toContainText(shown);

  // The date holds: a new consent and a new visit send nothing.
  await choose(page, 'all');
  await opened(page); // the shop opens another profile, which would send
  await shop(page, await firstIds(page, 2));
  await page.clock.runFor(60_000);
  expect(await reports(server)).toBe(sent);
  await go(page, '#/profile');
  await expect(page.locator('#state')).toContainText(`Reports are off until ${shown}`);
});

test('what one tab is refused, the others stop as well', async ({ page, server }) => {
  await enter(page, server.url);
  await choose(page, 'device');
  const other = await page.context().newPage();
  await enter(other, server.url);
  const status = () => other.evaluate(() => window.homebodyDemo.profile.state().status);
  await expect.poll(status).toBe('ready'); // the control
  // By the package alone, past the page that would reload its own choice.
  await page.evaluate(() => window.homebodyDemo.profile.setConsent({ profile: false, reports: false }));
  await expect.poll(status).toBe('refused');
  const [id] = await firstIds(page, 1);
  expect(await other.evaluate((item) => window.homebodyDemo.profile.record('cart', item), id)).toBe('no-consent');
});
