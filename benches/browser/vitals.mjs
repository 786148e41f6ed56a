// The shop with homebody and the same shop without (`?without`: it loads neither package nor bundle), by turns: largest
// paint, jumps, and how soon a real click is answered. Run by `cargo xtask bench vitals`.
import { chromium } from '@playwright/test';
import { launchOptions } from '../../tests/e2e/lib/chrome.mjs';
import { startServer } from '../../tests/e2e/lib/server.mjs';
import { about, save, spread } from './report.mjs';
import { IN_WORDS, slowDown } from './slow.mjs';

const ROUNDS = 11;
const SHOPS = { with: '/?debug', without: '/?debug&without' };
/** Event timing tells of nothing shorter. */
const SHORTEST = 16;

/** What a visitor does, each by real input. */
const DEEDS = {
  'add to cart': (page) => page.locator('#for-you .add').nth(2).click(),
  'less of this': async (page) => {
    await page.locator('#for-you .menu summary').nth(1).click();
    await page.locator('#for-you .menu[open] button').nth(1).click();
  },
  search: async (page) => {
    await page.locator('#words').pressSequentially('milk');
    await page.locator('#search button').click();
  },
};

const server = await startServer();
const browser = await chromium.launch(launchOptions);
try {
  const on = about(browser);
  const visits = Object.fromEntries(Object.keys(SHOPS).map((name) => [name, []]));
  await visit('with'); // the server compresses each file once
  for (let round = 0; round < ROUNDS; round++) {
    const order = Object.keys(SHOPS);
    for (const name of round % 2 ? order.reverse() : order) visits[name].push(await visit(name));
  }
  const rows = tell(visits);
  save('vitals', { ...on, how: IN_WORDS, rounds: ROUNDS, rows });
} finally {
  await browser.close();
  await server.stop();
}

/** One visitor who was never here. */
async function visit(name) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await slowDown(page);
  await page.addInitScript(watch, SHORTEST);
  await page.goto(`${server.url}${SHOPS[name]}`, { waitUntil: 'commit' });
  await page.waitForFunction(() => globalThis.homebodyDemo?.shop.opened, undefined, { timeout: 180_000, polling: 100 });
  await page.waitForTimeout(500);
  const seen = await page.evaluate(() => globalThis.vitals());
  await page.locator('#consent [data-choice="device"]').click();
  await page.locator('#consent').waitFor({ state: 'hidden' });
  const took = {};
  for (const [deed, act] of Object.entries(DEEDS)) {
    await page.waitForTimeout(1000);
    await page.evaluate(() => { globalThis.interactions.clear(); });
    await act(page);
    await page.waitForTimeout(1000);
    took[deed] = await page.evaluate((shortest) => Math.max(shortest, ...globalThis.interactions.values()), SHORTEST);
  }
  const { cls } = await page.evaluate(() => globalThis.vitals());
  const learnt = await page.evaluate(() => globalThis.homebodyDemo.profile.state().interactions);
  if ((learnt > 0) !== (name === 'with')) throw new Error(`${name}: ${learnt} interactions were learnt`);
  await context.close();
  return { LCP: seen.lcp, CLS: cls, INP: Math.max(...Object.values(took)), ...took, 'longest task while it opens': seen.longest };
}

/** Runs in the page, before anything of it. */
function watch(shortest) {
  let [lcp, cls, longest] = [0, 0, 0];
  globalThis.interactions = new Map();
  const observe = (type, heed, more) => new PerformanceObserver((list) => list.getEntries().forEach(heed)).observe({ type, buffered: true, ...more });
  observe('largest-contentful-paint', ({ startTime }) => { lcp = startTime; });
  observe('layout-shift', ({ value, hadRecentInput }) => { if (!hadRecentInput) cls += value; });
  observe('longtask', ({ startTime, duration }) => { if (lcp > 0 && startTime > lcp) longest = Math.max(longest, duration); });
  observe('event', ({ interactionId, duration }) => {
    if (interactionId) globalThis.interactions.set(interactionId, Math.max(duration, globalThis.interactions.get(interactionId) ?? 0));
  }, { durationThreshold: shortest });
  globalThis.vitals = () => ({ lcp, cls, longest });
}

function tell(visits) {
  console.log(`\n${ROUNDS} visits each, ${IN_WORDS}`);
  console.log(''.padEnd(32), 'with'.padStart(18), 'without'.padStart(18), 'difference'.padStart(18));
  const text = ({ median, low, high }, digits) => `${median.toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`.padStart(18);
  return Object.keys(visits.with[0]).map((what) => {
    const [own, bare] = [visits.with, visits.without].map((all) => spread(all.map((one) => one[what])));
    const digits = what === 'CLS' ? 3 : 0;
    // Of two visits right after one another, since the machine has better and worse times.
    const more = spread(visits.with.map((one, round) => one[what] - visits.without[round][what]));
    console.log((what === 'CLS' ? what : `${what}, ms`).padEnd(32), text(own, digits), text(bare, digits), text(more, digits));
    return { what, with: own, without: bare, more };
  });
}
