// The bundle under a running page: its popular head first, the whole after it, and the latest when the page is idle.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { holdIdle, idleNow } from './lib/idle.mjs';
import { FOLDERS, PROGRAM } from './lib/server.mjs';
import { expect, test } from './lib/test.mjs';

const WHOLE = join(FOLDERS.shop, 'factors.safetensors');
const HEAD = 500;
let head;

test.beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'homebody-head-'));
  const out = join(folder, 'head.safetensors');
  await promisify(execFile)(PROGRAM, ['head', WHOLE, '--items', String(HEAD), '--out', out]);
  head = await readFile(out);
  await rm(folder, { recursive: true });
});

/** A page that is no shop, with the ids of the shop's items in falling popularity. */
async function blank(page, url) {
  await page.goto(`${url}/merchant.html`);
  return page.evaluate(async () => {
    window.open = (await import('/pkg/index.js')).openProfile;
    return (await (await fetch('/shop/catalogue.json')).json()).ids;
  });
}

test('lists come from the head, and what is done to other items waits for the whole bundle', async ({ page, server }) => {
  let release;
  const whole = new Promise((resolve) => { release = resolve; });
  await page.route('**/shop/head.safetensors', (route) => route.fulfill({ body: head }));
  await page.route('**/shop/factors.safetensors', async (route) => {
    await whole;
    await route.continue();
  });
  const ids = await blank(page, server.url);
  const [popular, rare] = [ids[3], ids[HEAD + 300]];
  const early = await page.evaluate(async ([popular, rare]) => {
    window.profile = await window.open({ factors: '/shop/factors.safetensors', head: '/shop/head.safetensors', consent: { profile: true, reports: false } });
    const { profile } = window;
    const refused = [profile.record('view', popular), profile.record('purchase', rare, { price: 2 }), profile.record('view', 'no such item')];
    return { refused, list: profile.recommend({ limit: 40 }).map(({ id }) => id), head: profile.state().head, learnt: profile.state().interactions };
  }, [popular, rare]);
  expect(early).toMatchObject({ refused: [undefined, undefined, undefined], head: true, learnt: 1 });
  expect(early.list.every((id) => ids.slice(0, HEAD).includes(id))).toBe(true);
  const waiting = page.evaluate(([popular]) => window.profile.forget({ item: popular }), [popular]); // for the whole bundle
  release();
  await page.waitForFunction(() => !window.profile.state().head);
  expect(await waiting).toBe(1);
  const after = await page.evaluate(async (rare) => {
    const { profile } = window;
    await profile.saved();
    const { bundle, log } = await profile.export();
    return { bundle, log: log.map(({ kind, item }) => [kind, item]), refused: profile.state().refused, place: (await profile.explain(rare)).position };
  }, rare);
  expect(after.log).toEqual([['purchase', rare]]);
  expect(after.refused).toEqual({ 'unknown-item': 1 });
  expect(after.place).toBeGreaterThan(0);
});

test('a whole bundle that does not come is said, and the head goes on', async ({ page, server }) => {
  await page.route('**/shop/head.safetensors', (route) => route.fulfill({ body: head }));
  await page.route('**/shop/factors.safetensors', (route) => route.fulfill({ status: 503, body: '' }));
  await blank(page, server.url);
  const said = await page.evaluate(async () => {
    const profile = await window.open({ factors: '/shop/factors.safetensors', head: '/shop/head.safetensors', consent: { profile: true, reports: false } });
    const forgetting = await profile.forget({ kind: 'view' }).catch(({ code }) => code);
    return { forgetting, problem: profile.state().problem?.code, head: profile.state().head, list: profile.recommend().length };
  });
  expect(said).toEqual({ forgetting: 'bundle-unreachable', problem: 'bundle-unreachable', head: true, list: 12 });
});

/** The server's bundle is at first another one; how often it was asked for. */
async function changing(page) {
  let asked = 0;
  await page.route('**/shop/factors.safetensors', (route) => {
    asked += 1;
    return asked === 1 ? route.fulfill({ body: head }) : route.continue();
  });
  return () => asked;
}

const openAndLook = async () => {
  const profile = await window.open({ factors: '/shop/factors.safetensors', consent: { profile: true, reports: false } });
  window.profile = profile;
  return profile.state().bundle;
};
const versionNow = () => window.profile.state().bundle;

test('a newer bundle is asked for when the page is idle, and takes over', async ({ page, server }) => {
  const asked = await changing(page);
  const ids = await blank(page, server.url);
  const before = await page.evaluate(openAndLook);
  await page.evaluate((id) => { window.profile.record('cart', id); }, ids[3]);
  await expect.poll(() => page.evaluate(versionNow), { timeout: 20_000 }).not.toBe(before);
  expect(await page.evaluate(() => window.profile.state().interactions)).toBe(1);
  expect(asked()).toBe(2);
  expect(await page.evaluate(() => window.profile.refresh()), 'the same once more').toBe(false);
});

test('who asks for little data is not asked twice', async ({ page, server }) => {
  await page.addInitScript(() => { Object.defineProperty(navigator, 'connection', { value: { saveData: true } }); });
  const asked = await changing(page);
  await blank(page, server.url);
  const before = await page.evaluate(openAndLook);
  await page.waitForTimeout(3_000); // the test above needs less
  expect(asked()).toBe(1);
  expect(await page.evaluate(() => window.profile.state().sparing)).toBe('save-data');
  expect(await page.evaluate(() => window.profile.refresh()), 'but may ask').toBe(true);
  expect(await page.evaluate(versionNow)).not.toBe(before);
});

const openWithHead = async () => {
  window.profile = await window.open({ factors: '/shop/factors.safetensors', head: '/shop/head.safetensors', consent: { profile: true, reports: false } });
};
const isHead = (page) => page.evaluate(() => window.profile.state().head);

test('who asks for little data stays with the head until something needs the rest', async ({ page, server }) => {
  await page.addInitScript(() => { Object.defineProperty(navigator, 'connection', { value: { saveData: true } }); });
  let asked = 0;
  await page.route('**/shop/head.safetensors', (route) => route.fulfill({ body: head }));
  await page.route('**/shop/factors.safetensors', (route) => {
    asked += 1;
    return route.continue();
  });
  const ids = await blank(page, server.url);
  await page.evaluate(openWithHead);
  await page.evaluate((id) => { window.profile.record('cart', id); }, ids[3]);
  await page.waitForTimeout(2_000); // the first test of this file needs less
  expect([asked, await isHead(page)]).toEqual([0, true]);
  expect(await page.evaluate(() => window.profile.state().sparing)).toBe('save-data');
  await page.evaluate((id) => { window.profile.record('view', id); }, ids[HEAD + 300]);
  await expect.poll(() => isHead(page)).toBe(false);
  expect(asked).toBe(1);
  await expect.poll(() => page.evaluate(() => window.profile.state().interactions)).toBe(2);
});

test('the whole bundle is read when the page is idle, not when it comes', async ({ page, server }) => {
  await holdIdle(page);
  await page.route('**/shop/head.safetensors', (route) => route.fulfill({ body: head }));
  await blank(page, server.url);
  await page.evaluate(openWithHead);
  await page.waitForFunction(() => window.waiting.length > 0);
  expect(await isHead(page)).toBe(true);
  await idleNow(page);
  await expect.poll(() => isHead(page)).toBe(false);
});
