// The profile in a worker: the same verbs, the same store, and nothing of it on the page's thread.
import { expect, test } from './lib/test.mjs';

const OPEN = { factors: '/shop/factors.safetensors', consent: { profile: true, reports: false } };

/** A page that is no shop, with the ids of the shop's items. `homebody serve` allows no address of a script that is text
 * (Trusted Types); here that one rule is left out, as most shops have none. */
async function blank(page, server, change = (policy) => policy.replace(/require-trusted-types-for[^;]*;?/, '')) {
  await page.route('**/merchant.html', async (route) => {
    const response = await route.fetch();
    const policy = change(response.headers()['content-security-policy']);
    await route.fulfill({ response, headers: { ...response.headers(), 'content-security-policy': policy } });
  });
  await page.goto(`${server.url}/merchant.html`);
  return page.evaluate(async () => {
    window.open = (await import('/pkg/worker/index.js')).openProfile;
    window.openHere = (await import('/pkg/index.js')).openProfile;
    return (await (await fetch('/shop/catalogue.json')).json()).ids;
  });
}

const open = (page, options = {}) => page.evaluate(async (given) => {
  window.profile = await window.open({ ...given, nameOf: (id) => `<${id}>` });
}, { ...OPEN, ...options });

const log = (page) => page.evaluate(async () => (await window.profile.export()).log.map(({ kind, item }) => `${kind} ${item}`));

test('what is recorded in the worker is there after a reload, and nothing is loaded by the page', async ({ page, server }) => {
  const ids = await blank(page, server);
  await page.reload(); // without the entry that opens it here
  await page.evaluate(async () => { window.open = (await import('/pkg/worker/index.js')).openProfile; });
  await open(page);
  const seen = await page.evaluate(async ([id, other]) => {
    const { profile } = window;
    const before = await profile.recommend({ limit: 5 });
    const refusals = await Promise.all([profile.record('cart', id), profile.record('view', 'no such item'), profile.record('view', other)]);
    await profile.saved();
    const [why] = (await profile.explain(id)).reasons;
    return {
      refusals, before: before[0].reasons[0].text, why: why.text, moved: (await profile.history()).map(({ text }) => text), name: profile.nameOf(id),
      state: await profile.state(), loaded: performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname),
    };
  }, [ids[3], ids[40]]);
  expect(seen.refusals).toEqual([undefined, 'unknown-item', undefined]);
  expect(seen.before).toBe('popular in this shop');
  expect(seen.why).toBe(`because you put <${ids[3]}> into your cart`);
  expect(seen.moved).toEqual([`you put <${ids[3]}> into your cart`, `you viewed <${ids[40]}>`]);
  expect(seen.name).toBe(`<${ids[3]}>`);
  expect(seen.state).toMatchObject({ status: 'ready', interactions: 2, refused: { 'unknown-item': 1 } });
  expect(seen.loaded.filter((path) => /wasm|safetensors/.test(path))).toEqual([]);

  await page.reload();
  await page.evaluate(async () => { window.open = (await import('/pkg/worker/index.js')).openProfile; });
  await open(page);
  expect(await log(page)).toEqual([`cart ${ids[3]}`, `view ${ids[40]}`]);
});

test('it says the same as the profile of a page, verb by verb', async ({ page, server }) => {
  const ids = await blank(page, server);
  await open(page, { database: 'there' });
  const [there, here] = await page.evaluate(async ([given, ids]) => {
    const at = Date.now() - 60_000;
    const tell = async (profile) => {
      await profile.record('cart', ids[3], { at });
      await profile.record('purchase', ids[40], { at: at + 1_000, price: 2 });
      await profile.correct({ item: ids[50], as: 'not-me' });
      const shape = async (value) => (await value).map(({ id, category, share }) => id ?? [category, share]);
      const names = (list) => list.map(({ id }) => id).toSorted();
      return [
        await shape(profile.interests()), await profile.corrections(), names(await profile.similar(ids[9])), await profile.sensitive(),
        (await profile.map()).departments, await profile.arm(), names(await profile.rank(ids.slice(0, 9))), await profile.ledger(),
        (await profile.undo()).what, await profile.forget({ item: ids[40] }), await profile.import(await profile.export()), (await profile.state()).grants,
      ];
    };
    const other = await window.openHere({ ...given, database: 'here' });
    return [await tell(window.profile), await tell(other)];
  }, [OPEN, ids]);
  expect(there.slice(1)).toEqual(here.slice(1));
  expect(there[0].map(([name]) => name).toSorted()).toEqual(here[0].map(([name]) => name).toSorted()); // negatives are drawn
  expect(there[2]).toHaveLength(12);
});

test('a tab with the worker and a tab without it hear of each other', async ({ page, context, server }) => {
  const ids = await blank(page, server);
  await open(page);
  const second = await context.newPage();
  await blank(second, server);
  await second.evaluate(async (given) => { window.profile = await window.openHere(given); }, OPEN);
  const count = (tab) => tab.evaluate(async () => (await window.profile.state()).interactions);
  const listen = (tab) => tab.evaluate(() => { window.heard = 0; window.stop = window.profile.subscribe(() => { window.heard += 1; }); });
  const heard = (tab) => tab.evaluate(() => window.heard);
  await Promise.all([listen(page), listen(second)]);

  await page.evaluate(async (id) => { await window.profile.record('cart', id); await window.profile.saved(); }, ids[3]);
  expect(await heard(page), 'told before the answer').toBeGreaterThan(0);
  await expect.poll(() => heard(second)).toBeGreaterThan(0);
  await expect.poll(() => count(second)).toBe(1);
  await page.evaluate(() => { window.stop(); window.heard = 0; });
  await second.evaluate(async (id) => { window.profile.record('cart', id); await window.profile.saved(); }, ids[40]);
  await expect.poll(() => count(page)).toBe(2);
  expect(await heard(page), 'whoever stopped is told nothing').toBe(0);

  await second.evaluate(() => window.profile.setConsent({ profile: false, reports: false }));
  await expect.poll(() => page.evaluate(async () => (await window.profile.state()).status)).toBe('refused');
  expect(await page.evaluate((id) => window.profile.record('cart', id), ids[41])).toBe('no-consent');
});

test('observe stays on the page, and what it sees is learnt in the worker', async ({ page, server }) => {
  const ids = await blank(page, server);
  await open(page);
  await page.evaluate((id) => {
    const main = document.createElement('div');
    const element = document.createElement('p');
    element.dataset.item = id;
    element.textContent = 'an item';
    main.append(element);
    document.body.replaceChildren(main);
    window.stopWatching = window.profile.observe(main);
  }, ids[3]);
  await page.locator('p').click();
  await expect.poll(async () => (await log(page)).toSorted()).toEqual([`click ${ids[3]}`, `impression ${ids[3]}`]);
  await page.evaluate(() => window.stopWatching());
  await page.locator('p').click();
  expect((await log(page)).length).toBe(2);
});

test('an error comes over with its code, and so does what cannot be sent', async ({ page, server }) => {
  const ids = await blank(page, server);
  await open(page);
  const code = (work) => page.evaluate(`(async () => { try { await (${work})(window.profile); return 'no error'; } catch (error) { return [error.code, error.name, error instanceof Error]; } })()`);
  expect(await code("(p) => p.record('bought', 'x')")).toEqual(['unknown-kind', 'HomebodyError', true]);
  expect(await code("(p) => p.recommend({ limit: 1000 })")).toEqual(['invalid-option', 'HomebodyError', true]);
  expect(await code('(p) => p.taste()')).toEqual(['no-grant', 'HomebodyError', true]);
  expect(await code("(p) => p.import({ format: 'another' })")).toEqual(['import-format', 'HomebodyError', true]);
  // What goes with it in the same message is not lost.
  const [odd, plain] = await page.evaluate(async (id) => Promise.all([
    window.profile.recommend({ limit: () => 3 }).catch(({ code }) => code), window.profile.record('cart', id),
  ]), ids[3]);
  expect([odd, plain]).toEqual(['invalid-option', undefined]);
  expect(await log(page)).toEqual([`cart ${ids[3]}`]);
  const opening = (options) => page.evaluate(async (given) => window.open(given).then(() => 'it opened', ({ code }) => code), { ...OPEN, ...options });
  expect(await opening({ factors: '/nothing.safetensors' })).toBe('bundle-unreachable');
  expect(await opening({ fullWasm: '/nothing.wasm' })).toBe('wasm-failed');
});

test('close writes what waits, ends the worker, and says so from then on', async ({ page, server }) => {
  const ids = await blank(page, server);
  const ended = page.waitForEvent('worker').then((worker) => worker.waitForEvent('close'));
  await open(page);
  const after = await page.evaluate(async (id) => {
    const { profile } = window;
    const late = profile.record('cart', id);
    await profile.close();
    await profile.close(); // twice is nothing
    return [await late, await profile.record('cart', id).catch(({ code }) => code), await profile.recommend().catch(({ code }) => code)];
  }, ids[3]);
  expect(after).toEqual([undefined, 'closed', 'closed']);
  await ended;
  await open(page);
  expect(await log(page)).toEqual([`cart ${ids[3]}`]);
});

test('Global Privacy Control and Save-Data hold in the worker as the page has them', async ({ page, server }) => {
  await page.addInitScript(() => {
    window.told = { control: false, little: true };
    Object.defineProperty(navigator, 'globalPrivacyControl', { get: () => window.told.control });
    Object.defineProperty(navigator, 'connection', { get: () => ({ saveData: window.told.little }) });
    navigator.getBattery = async () => Object.assign(new EventTarget(), { charging: false, level: 0.1 });
  });
  await blank(page, server);
  await open(page, { consent: { profile: true, reports: true }, reports: { url: '/reports' } });
  const state = () => page.evaluate(async () => { const { gpc, sparing, reports } = await window.profile.state(); return [gpc, sparing, reports]; });
  expect(await state()).toEqual([false, 'save-data', 'on']);
  await page.evaluate(() => {
    window.told = { control: true, little: false };
    window.dispatchEvent(new Event('focus'));
  });
  expect(await state()).toEqual([true, 'battery', 'gpc']);
});

const REFUSED = {
  'a policy without workers': ['worker-blocked', "worker-src needs 'self'", (policy) => `${policy.replace(/require-trusted-types-for[^;]*;?/, '')}; worker-src 'none'`],
  'a policy of Trusted Types': ['worker-blocked', 'pass the option worker', (policy) => policy],
};
for (const [name, [code, words, change]] of Object.entries(REFUSED)) {
  test(`${name}: the error says so`, async ({ page, server }) => {
    await blank(page, server, change);
    const error = await page.evaluate(async (given) => window.open(given).then(() => undefined, ({ code, message }) => ({ code, message })), OPEN);
    expect(error).toMatchObject({ code, message: expect.stringContaining(words) });
  });
}

test('a script that is not there is said, and the option names another', async ({ page, server }) => {
  const ids = await blank(page, server);
  const opening = (worker) => page.evaluate(async (given) => window.open(given).then((profile) => { window.profile = profile; return 'it opened'; }, ({ code, message }) => `${code}: ${message}`), { ...OPEN, worker });
  expect(await opening('/pkg/nothing.js')).toMatch(/^worker-failed: .*nothing\.js.*the option worker/);
  await page.route('**/elsewhere/worker/script.js', (route) => route.fulfill({ contentType: 'text/javascript', body: "import '/pkg/worker/worker-script.js';" }));
  expect(await opening('/elsewhere/worker/script.js')).toBe('it opened');
  expect(await page.evaluate((id) => window.profile.record('cart', id), ids[3])).toBeUndefined();
});
