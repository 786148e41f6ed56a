// The module in two sizes: a page takes the core, and the full one when something is asked that only it can answer, or when
// its bundle brings a learnt mix.
import { readFile } from 'node:fs/promises';
import { expect, test } from './lib/test.mjs';

const GROCERY = new URL('../golden/grocery.safetensors', import.meta.url); // without a mix

/** A page that is no shop, and which modules it has asked for. */
async function blank(page, url) {
  const modules = [];
  page.on('requestfinished', (request) => {
    const name = /homebody(_full)?_bg\.wasm/.exec(request.url())?.[0];
    if (name !== undefined) modules.push(name);
  });
  await page.route('**/shop/grocery.safetensors', async (route) => route.fulfill({ body: await readFile(GROCERY) }));
  await page.goto(`${url}/merchant.html`);
  await page.evaluate(async () => {
    window.open = async (factors, consent, options = {}) => {
      const { openProfile } = await import('/pkg/index.js');
      window.profile = await openProfile({ factors, consent, ...options });
    };
  });
  return modules;
}

const KEPT = { profile: true, reports: false };
const shots = (page) => page.evaluate(() => Array.from(window.profile.snapshot()));

test('a page without a mix runs on the core, until it is asked why', async ({ page, server }) => {
  const modules = await blank(page, server.url);
  await page.evaluate(async (consent) => {
    await window.open('/shop/grocery.safetensors', consent);
    const { profile } = window;
    profile.record('view', 'brie');
    profile.record('purchase', 'milk', { price: 1 });
    await profile.saved();
    profile.recommend();
    profile.similar('brie');
    profile.state();
  }, KEPT);
  expect(modules).toEqual(['homebody_bg.wasm']);
  const before = await shots(page);
  const done = await page.evaluate(async () => {
    const { profile } = window;
    const list = profile.recommend({ limit: 6 });
    const explained = profile.explain('brie');
    profile.record('cart', 'cheddar'); // while the module is on its way
    const { position, reasons } = await explained;
    profile.record('wish', 'bread');
    await profile.saved();
    return { list: list.map(({ id }) => id), position, because: reasons.map(({ because }) => because), log: (await profile.export()).log.map(({ kind, item }) => `${kind} ${item}`), interactions: profile.state().interactions };
  });
  expect(modules).toEqual(['homebody_bg.wasm', 'homebody_full_bg.wasm']);
  expect(done.log).toEqual(['view brie', 'purchase milk', 'cart cheddar', 'wish bread']);
  expect(done.interactions).toBe(4);
  expect(done.because).toContain('view');
  // Who starts from what is stored has the same profile, to the byte; and it is not the one from before.
  const after = await shots(page);
  await page.reload();
  await blank(page, server.url);
  await page.evaluate((consent) => window.open('/shop/grocery.safetensors', consent), KEPT);
  expect(await shots(page)).toEqual(after);
  expect(after).not.toEqual(before);
});

test('before an answer on consent it changes in memory, and nothing is stored', async ({ page, server }) => {
  await blank(page, server.url);
  const seen = await page.evaluate(async () => {
    await window.open('/shop/grocery.safetensors', 'pending');
    const { profile } = window;
    profile.record('view', 'brie');
    profile.record('view', 'no such item');
    const before = profile.recommend().map(({ id, score }) => [id, score]);
    const interests = await profile.interests();
    const after = profile.recommend().map(({ id, score }) => [id, score]);
    const { status, interactions, refused } = profile.state();
    return { before, after, interests: interests.length, status, interactions, refused, databases: (await indexedDB.databases()).map(({ name }) => name) };
  });
  expect(seen.after.map(([id]) => id)).toEqual(seen.before.map(([id]) => id));
  expect(seen).toMatchObject({ interests: 1, status: 'pending', interactions: 1, refused: { 'unknown-item': 1 }, databases: [] });
});

test('a full module that does not come is said, and the core goes on', async ({ page, server }) => {
  await blank(page, server.url);
  await page.route('**/homebody_full_bg.wasm', (route) => route.fulfill({ status: 503, body: '' }));
  const seen = await page.evaluate(async (consent) => {
    await window.open('/shop/grocery.safetensors', consent);
    const { profile } = window;
    const code = await profile.interests().catch((error) => error.code);
    profile.record('view', 'brie');
    await profile.saved();
    return { code, interactions: profile.state().interactions, list: profile.recommend().length };
  }, KEPT);
  expect(seen).toEqual({ code: 'wasm-failed', interactions: 1, list: 6 });
  await page.unroute('**/homebody_full_bg.wasm');
  expect(await page.evaluate(async () => (await window.profile.interests()).length)).toBe(1); // it is asked for again
});

test('what became sensitive is forgotten, which the core leaves to the full module', async ({ page, server }) => {
  const modules = await blank(page, server.url);
  await page.evaluate(async (consent) => {
    await window.open('/shop/grocery.safetensors', consent);
    window.profile.record('view', 'brie');
    window.profile.record('view', 'milk');
    await window.profile.saved();
    window.profile.close();
  }, KEPT);
  await page.reload();
  await blank(page, server.url);
  const category = await page.evaluate(async () => {
    await window.open('/shop/grocery.safetensors', 'pending', { database: 'another' });
    window.profile.record('view', 'brie');
    return (await window.profile.interests())[0].category;
  });
  expect(modules).toContain('homebody_full_bg.wasm');
  await page.reload();
  const again = await blank(page, server.url);
  await page.evaluate(([consent, sensitive]) => window.open('/shop/grocery.safetensors', consent, { sensitive: [sensitive] }), [KEPT, category]);
  await expect.poll(() => again).toContain('homebody_full_bg.wasm');
  await expect.poll(() => page.evaluate(async () => (await window.profile.export()).log.map(({ item }) => item))).not.toContain('brie');
});

test('a bundle with a mix takes the full module in the place of the core', async ({ page, server }) => {
  const modules = await blank(page, server.url);
  await page.evaluate((consent) => window.open('/shop/factors.safetensors', consent), KEPT);
  expect(modules).toContain('homebody_full_bg.wasm');
  expect(await page.evaluate(() => window.profile.recommend().length)).toBe(12);
  // And so does one that takes the place of one without.
  await page.reload();
  const later = await blank(page, server.url);
  await page.route('**/shop/grocery.safetensors', (route) => route.continue({ url: `${server.url}/shop/factors.safetensors` }));
  const seen = await page.evaluate(async ([consent, grocery]) => {
    let file = Uint8Array.from(grocery);
    const real = window.fetch;
    window.fetch = (url, options) => (String(url).endsWith('changing') ? Promise.resolve(new Response(file)) : real(url, options));
    await window.open('/changing', consent, { database: 'changing' });
    const before = window.profile.recommend().length;
    file = new Uint8Array(await (await real('/shop/factors.safetensors')).arrayBuffer());
    const another = await window.profile.refresh();
    return { before, another, after: window.profile.recommend().length };
  }, [KEPT, Array.from(await readFile(GROCERY))]);
  expect(seen).toEqual({ before: 6, another: true, after: 12 });
  expect(later).toContain('homebody_full_bg.wasm');
});

test('the whole bundle that comes while the full module is on its way is not lost to it', async ({ page, server }) => {
  await blank(page, server.url);
  let letGo;
  const gate = new Promise((resolve) => { letGo = resolve; });
  await page.route('**/homebody_full_bg.wasm', async (route) => {
    await gate;
    await route.continue();
  });
  const head = (await readFile(GROCERY)).toString('latin1').replace('test-1', 'head-1'); // the same items by another name
  await page.route('**/head.safetensors', (route) => route.fulfill({ body: Buffer.from(head, 'latin1') }));
  const explained = page.evaluate(async (consent) => {
    await window.open('/shop/grocery.safetensors', consent, { head: '/head.safetensors', database: 'head' });
    await window.profile.explain('brie');
    return window.profile.state().bundle;
  }, KEPT);
  await page.waitForFunction(() => window.profile?.state().head === false);
  letGo();
  expect(await explained).toBe('test-1');
});
