// Nothing overflows and no text of a tile is clipped, on a phone, a tablet and a desk, with the longest names.
import { furnished, visit } from './lib/rooms.mjs';
import { enter } from './lib/shopper.mjs';
import { expect, test } from './lib/test.mjs';

/** Runs in the page: texts of tiles that do not fit their box, and how much the page is too wide. */
function misfits() {
  const clipped = [...document.querySelectorAll('.tile, .tile .name, .tile .muted, .tile .reason, .tile .buy, .tile button, .departments a')]
    .filter((element) => element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== 'inline')
    .map((element) => `${element.className}: ${element.textContent}`);
  const page = document.scrollingElement;
  return [...clipped, ...(page.scrollWidth > innerWidth ? [`${page.scrollWidth} of ${innerWidth} pixels`] : [])];
}

for (const width of [375, 768, 1440]) {
  test(`every page at ${width} pixels`, async ({ page, server }) => {
    test.setTimeout(180_000);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.setViewportSize({ width, height: 900 });
    const pages = await furnished(page, server.url);
    const found = {};
    const words = await page.evaluate(() => {
      const { names } = window.homebodyDemo.catalogue.columns;
      return [...new Set(names)].sort((a, b) => b.length - a.length).slice(0, 3);
    });
    const searches = words.map((name) => `#/search/${encodeURIComponent(name)}`);
    for (const hash of [...pages, ...searches]) {
      await visit(page, hash);
      found[hash] = await page.evaluate(misfits);
    }
    expect(Object.fromEntries(Object.entries(found).filter(([, list]) => list.length > 0))).toEqual({});
  });
}

test('control: a tile too wide and a page too wide are found', async ({ page, server }) => {
  await page.setViewportSize({ width: 375, height: 900 });
  await enter(page, server.url);
  await page.evaluate(() => {
    document.querySelector('.tile .name').style.cssText = 'display: block; width: 50px; white-space: nowrap; overflow: hidden';
    document.querySelector('footer p').style.width = '600px';
  });
  expect((await page.evaluate(misfits)).length).toBeGreaterThanOrEqual(2);
});

test('nothing jumps while the shop opens', async ({ page, server }) => {
  await page.addInitScript(() => {
    window.shift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await enter(page, server.url);
  await page.waitForTimeout(500);
  expect(await page.evaluate(() => window.shift)).toBeLessThan(0.1);
});
