// What a shopper may do holds in every tab, and what is taken back stops on its way.
import { choose, enter, events, firstIds, go, reload } from './lib/shopper.mjs';
import { inWords, storageOf } from './lib/storage.mjs';
import { expect, test } from './lib/test.mjs';

/** Three tabs of one shop, in which a profile may be kept. */
async function threeTabs(page, server) {
  const tabs = [page, await page.context().newPage(), await page.context().newPage()];
  await enter(page, server.url, '#/cart');
  await choose(page, 'device');
  for (const tab of tabs.slice(1)) await enter(tab, server.url, '#/cart');
  return tabs;
}

const everywhere = async (tabs, what, wanted) => {
  for (const tab of tabs) await expect.poll(() => tab.evaluate(what)).toEqual(wanted);
};

const record = (tab, kind, id) => tab.evaluate(async ([verb, item]) => {
  const refusal = window.homebodyDemo.profile.record(verb, item);
  await window.homebodyDemo.profile.saved();
  return refusal;
}, [kind, id]);

const standing = () => window.homebodyDemo.profile.corrections();
const paused = () => window.homebodyDemo.profile.state().paused;
const interactions = () => window.homebodyDemo.profile.state().interactions;

test('a pause holds in every tab, also in one that opens later, and is stored nowhere', async ({ page, server }) => {
  const tabs = await threeTabs(page, server);
  const [id, other] = await firstIds(page, 2);
  await tabs[1].evaluate(() => { window.homebodyDemo.profile.pause(); });
  await everywhere(tabs, paused, true);
  const fourth = await page.context().newPage();
  await enter(fourth, server.url, '#/cart');
  await everywhere([fourth], paused, true);
  for (const tab of [...tabs, fourth]) expect(await record(tab, 'cart', id)).toBe('paused');
  await fourth.evaluate(() => { window.homebodyDemo.profile.pause(false); });
  await everywhere([...tabs, fourth], paused, false);
  expect(await record(page, 'cart', id)).toBeUndefined();
  expect((await record(tabs[2], 'cart', other)) ?? 'learnt').toBe('learnt');
  // With the last tab it ends.
  await page.evaluate(() => { window.homebodyDemo.profile.pause(); });
  for (const tab of [...tabs.slice(1), fourth]) await tab.close();
  await reload(page);
  await everywhere([page], () => window.homebodyDemo?.profile.state().paused, false);
});

test('correct, undo, erase and import reach all three tabs', async ({ page, server }) => {
  const tabs = await threeTabs(page, server);
  const [id, other] = await firstIds(page, 2);
  await record(page, 'cart', id);
  await record(tabs[1], 'wish', other);
  await everywhere(tabs, interactions, 2);
  await tabs[2].evaluate((item) => window.homebodyDemo.profile.correct({ item, as: 'not-me' }), id);
  await everywhere(tabs, standing, [{ item: id, level: 0, locked: false, notMe: true }]);
  await everywhere(tabs, interactions, 1);
  const kept = await tabs[1].evaluate(() => window.homebodyDemo.profile.export());
  await page.evaluate(() => window.homebodyDemo.profile.undo());
  await everywhere(tabs, standing, []);
  await everywhere(tabs, interactions, 2);

  await tabs[1].evaluate(() => window.homebodyDemo.profile.erase());
  await everywhere(tabs, interactions, 0);
  const own = async () => (await storageOf(page)).kept.filter(({ where }) => where.startsWith('homebody/')).map(({ where, key }) => `${where} ${key}`);
  await expect.poll(own).toEqual(['homebody/meta no reports before']);

  // A file that is none changes nothing anywhere; the shopper's own brings it all back.
  expect(await tabs[2].evaluate(async (broken) => window.homebodyDemo.profile.import(broken).catch(({ code }) => code),
    { ...kept, log: [{ ...kept.log[0], at: 'now' }] })).toBe('import-broken');
  await everywhere(tabs, interactions, 0);
  await tabs[2].evaluate((data) => window.homebodyDemo.profile.import(data), kept);
  await everywhere(tabs, interactions, 1);
  await everywhere(tabs, standing, [{ item: id, level: 0, locked: false, notMe: true }]);
  for (const tab of tabs) expect(await events(tab)).toEqual([`cart ${id}`, `wish ${other}`]);
});

test('one entry that cannot be right refuses a whole import, and is named', async ({ page, server }) => {
  await enter(page, server.url, '#/cart');
  await choose(page, 'device');
  const [id] = await firstIds(page, 1);
  await record(page, 'cart', id);
  const read = (change) => page.evaluate(async ([item, minutes, kind]) => {
    const kept = await window.homebodyDemo.profile.export();
    const at = Date.now() + minutes * 60_000;
    const log = [...kept.log, { kind: 'view', item, at: at - 7e6 }, { kind, item, at }];
    try { return await window.homebodyDemo.profile.import({ ...kept, log }); } catch ({ name, code, message }) { return [name, code, message]; }
  }, [id, ...change]);
  // A clock that is ahead by more than clocks differ.
  expect(await read([10, 'wish'])).toEqual(['HomebodyError', 'import-broken', 'this export cannot be read: entry 2 of its log: impossible-time']);
  expect((await read([0, 'adored']))[2]).toContain('adored');
  expect(await events(page)).toEqual([`cart ${id}`]);
  expect(await read([4, 'wish']), 'the control').toBe(3);
});

test('a report on its way is cancelled when consent is taken back', async ({ page, server }) => {
  let arrived = 0;
  await page.route('**/v1/reports', async (route) => {
    arrived += 1;
    await new Promise((resolve) => setTimeout(resolve, 60_000)); // a server that takes its time
    await route.abort();
  });
  const broken = [];
  page.on('requestfailed', (request) => {
    if (request.url().endsWith('/v1/reports')) broken.push(request.failure()?.errorText);
  });
  await page.clock.install();
  await enter(page, server.url);
  await choose(page, 'all');
  const [id] = await firstIds(page, 1);
  await record(page, 'purchase', id);
  await expect.poll(async () => {
    await page.clock.runFor(10_000);
    return arrived;
  }).toBeGreaterThan(0); // a slow server may be asked again
  expect(broken).toEqual([]); // the control: it is under way
  await page.evaluate(() => window.homebodyDemo.profile.setConsent({ profile: true, reports: false }));
  await expect.poll(() => broken).toEqual(Array(arrived).fill('net::ERR_ABORTED'));
  const before = arrived;
  await page.clock.runFor(600_000);
  expect(arrived).toBe(before);
  expect(await page.evaluate(async () => (await window.homebodyDemo.profile.ledger()).map(({ state }) => state))).toEqual(Array(5).fill('waiting'));
});

test('the same answer twice changes nothing, and a grant that was not given is named', async ({ page, server, pageErrors }) => {
  await enter(page, server.url);
  const answer = (consent) => page.evaluate((given) => window.homebodyDemo.profile.setConsent(given), consent);
  const call = (verb) => page.evaluate((name) => {
    try { return window.homebodyDemo.profile[name]().length >= 0; } catch ({ code, message }) { return [code, message]; }
  }, verb);
  expect((await call('taste'))[0]).toBe('no-grant'); // before an answer no page is told anything
  await answer({ profile: true, reports: false });
  const [id] = await firstIds(page, 1);
  await record(page, 'cart', id);
  const bytes = () => page.evaluate(() => window.homebodyDemo.profile.snapshot().join());
  const [before, storage] = [await bytes(), inWords(await storageOf(page))];
  await answer({ profile: true, reports: false });
  expect([await bytes(), inWords(await storageOf(page))]).toEqual([before, storage]);
  expect([await call('recommend'), (await call('taste'))[0]]).toEqual([true, 'no-grant']);
  await answer({ profile: true, reports: false, rank: false, segments: true });
  const [code, message] = await call('recommend');
  expect([code, await call('taste')]).toEqual(['no-grant', true]);
  expect(message).toContain("recommend() needs the grant 'rank'");
  expect(await bytes()).toBe(before); // another purpose is no reason to forget
  await answer({ profile: false, reports: false });
  expect([await call('recommend'), (await call('taste'))[0]]).toEqual([true, 'no-grant']); // what is popular
  pageErrors.length = 0; // the lists of this shop, which never asks like that, have thrown, too
});

test('of what is sensitive the shop keeps nothing, and shows it to everybody alike', async ({ page, server }) => {
  await enter(page, server.url);
  await choose(page, 'device');
  const { inside, outside, categories } = await page.evaluate(() => {
    const { catalogue, ordinary, profile } = window.homebodyDemo;
    const outside = new Set(ordinary);
    return { inside: catalogue.ids.filter((id) => !outside.has(id)), outside: ordinary, categories: profile.sensitive() };
  });
  for (const name of ['Health > Pain Relief', 'Baby > Diapers', 'Beer, Wine & Spirits > Beer']) expect(categories).toContain(name);
  expect(inside.length).toBeGreaterThan(500);
  for (const kind of ['view', 'cart', 'purchase']) expect(await record(page, kind, inside[0])).toBe('sensitive');
  expect(await record(page, 'cart', outside[0])).toBeUndefined();
  expect(await events(page)).toEqual([`cart ${outside[0]}`]);
  const list = (options) => page.evaluate((given) => window.homebodyDemo.profile.recommend(given).map(({ id }) => id), options);
  const hidden = new Set(inside);
  expect((await list({ limit: 200, perCategory: 0 })).filter((id) => hidden.has(id))).toEqual([]);
  const asked = await list({ category: 'Baby > Diapers', limit: 20, perCategory: 0 });
  expect(asked.length).toBe(20);
  await page.evaluate(() => window.homebodyDemo.profile.setConsent({ profile: false, reports: false }));
  expect(await list({ category: 'Baby > Diapers', limit: 20, perCategory: 0 })).toEqual(asked);
  await go(page, '#/profile');
  await expect(page.locator('homebody-inspector')).toContainText(`This shop names ${categories.length} categories as sensitive`);
});

test('a backup opens with its passphrase alone, and joins what another device has', async ({ page, server, browser }) => {
  await enter(page, server.url, '#/cart');
  await choose(page, 'device');
  const [id, other] = await firstIds(page, 2);
  await record(page, 'cart', id);
  const passphrase = 'correct horse battery staple';
  const file = await page.evaluate(async (words) => {
    const { sealBackup } = await import('/pkg/backup.js');
    return sealBackup(await window.homebodyDemo.profile.export(), words);
  }, passphrase);
  expect(file).not.toContain(id);
  expect(await page.evaluate(async () => JSON.stringify(await window.homebodyDemo.profile.export()))).toContain(id); // the control

  const desk = await (await browser.newContext()).newPage();
  await enter(desk, server.url, '#/cart');
  await choose(desk, 'device');
  await record(desk, 'wish', other);
  const join = (text, words) => desk.evaluate(async ([sealed, secret]) => {
    const { openBackup } = await import('/pkg/backup.js');
    try {
      return await window.homebodyDemo.profile.import(await openBackup(sealed, secret), { merge: true });
    } catch ({ name, code }) { return `${name} ${code}`; }
  }, [text, words]);
  const { sealed, ...rest } = JSON.parse(file);
  const broken = [['wrong horse', file], [passphrase, file.slice(0, -20)], [passphrase, '{}'], [passphrase, JSON.stringify({ ...rest, sealed: sealed.replace(/^./, (a) => (a === 'A' ? 'B' : 'A')) })]];
  for (const [words, text] of broken) expect(await join(text, words)).toBe('HomebodyError backup-locked');
  expect(await events(desk)).toEqual([`wish ${other}`]);
  for (let twice = 0; twice < 2; twice += 1) {
    expect(await join(file, passphrase)).toBe(1);
    expect(await events(desk)).toEqual([`cart ${id}`, `wish ${other}`]); // in the order of time
  }
  await desk.context().close();
});
