// `cargo xtask shots`: the pictures in docs/pictures/, of one visit that is the same each time: the clock
// stands still, and what is drawn at random comes from a seed.
//
//   node tests/e2e/shots.mjs http://localhost:8080 docs/pictures
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { launchOptions } from './lib/chrome.mjs';
import { mulberry } from './lib/random.mjs';
import { choose, enter, go, productAt, saved } from './lib/shopper.mjs';

const [base, folder] = process.argv.slice(2);
const SIZE = { width: 1200, height: 750 };
const NOW = new Date('2026-03-02T10:00:00Z');
const SEED = 20260302;
/** A picture of a front page is to load at once. */
const LARGEST = 150_000;

if (!base || !folder) throw new Error('usage: node tests/e2e/shots.mjs http://localhost:PORT FOLDER');
mkdirSync(folder, { recursive: true });
const browser = await chromium.launch(launchOptions);
try {
  const context = await browser.newContext({ viewport: SIZE, colorScheme: 'light', reducedMotion: 'reduce', timezoneId: 'UTC', locale: 'en-GB' });
  const page = await context.newPage();
  await page.clock.setFixedTime(NOW);
  await page.addInitScript(`const random = (${mulberry})(${SEED});
    Crypto.prototype.getRandomValues = function fill(array) {
      new Uint8Array(array.buffer, array.byteOffset, array.byteLength).forEach((_, at, bytes) => { bytes[at] = random() * 256; });
      return array;
    };`);
  // How long things stood on the screen depends on the machine: no impressions, and looks by our own clock.
  await page.addInitScript(() => {
    IntersectionObserver.prototype.observe = () => {};
    performance.now = () => Date.now();
  });

  await enter(page, base.replace(/\/$/, ''));
  await choose(page, 'device');
  // Somebody who makes dinner: looks at some things, puts most of them into the cart.
  for (const [minute, words] of ['spaghetti', 'olive oil', 'garlic', 'pasta sauce', 'ground beef', 'spaghetti'].entries()) {
    const [id] = await page.evaluate((text) => window.homebodyDemo.catalogue.search(text), words);
    if (!id) throw new Error(`the shop has no ${words}`);
    await page.clock.setFixedTime(NOW.getTime() + 60_000 * (minute + 1));
    await go(page, productAt(id));
    if (words !== 'garlic') await page.getByRole('button', { name: 'Add to cart' }).click();
  }
  await saved(page);

  await go(page, '#/profile');
  await page.locator('homebody-inspector').evaluate((element) => element.drawn());
  await take(page, 'inspector', 'homebody-inspector');

  await go(page, '#/');
  await page.locator('#for-you .tile').nth(4).getByRole('button', { name: /^Add / }).click();
  await page.locator('.moved').first().waitFor(); // what this click has moved has a badge
  await take(page, 'shop', '#for-you');
} finally {
  await browser.close();
}

/**
 * What stands below the shop's header, from an element on.
 * @param {import('@playwright/test').Page} page
 */
async function take(page, name, from) {
  await page.mouse.move(0, 0);
  await page.locator(from).evaluate((element) => {
    scrollTo(0, element.getBoundingClientRect().top + scrollY - document.querySelector('header').offsetHeight - 16);
    return new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); });
  });
  await page.evaluate(() => document.getAnimations().forEach((animation) => animation.finish()));
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 82 });
  const bytes = Buffer.from(data, 'base64');
  if (bytes.length > LARGEST) throw new Error(`${name}.webp has ${bytes.length} bytes, above ${LARGEST}`);
  writeFileSync(join(folder, `${name}.webp`), bytes);
  console.log(`${join(folder, `${name}.webp`)}  ${(bytes.length / 1000).toFixed(1)} kB`);
}
