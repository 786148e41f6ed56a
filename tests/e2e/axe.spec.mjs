// No page has a fault that axe-core can find, in light or dark, wide or narrow.
import { faults } from './lib/axe.mjs';
import { furnished, visit } from './lib/rooms.mjs';
import { expect, test } from './lib/test.mjs';

for (const colorScheme of ['light', 'dark']) {
  for (const width of [375, 1280]) {
    test(`every page, ${colorScheme}, ${width} pixels wide`, async ({ page, server }) => {
      test.setTimeout(240_000);
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 800 });
      await page.goto(server.url);
      await page.locator('#consent').waitFor(); // with the question open
      const all = { start: await faults(page) };
      for (const hash of await furnished(page, server.url)) {
        await visit(page, hash);
        all[hash] = await faults(page);
      }
      await page.goto(`${server.url}/merchant.html`);
      all.merchant = await faults(page);
      expect(Object.fromEntries(Object.entries(all).filter(([, found]) => found.length > 0))).toEqual({});
    });
  }
}

test('control: a picture without words and a pale text are found', async ({ page, server }) => {
  await page.goto(server.url);
  await page.locator('#for-you').waitFor();
  await page.evaluate(() => {
    const image = document.createElement('img');
    image.src = 'data:,';
    const pale = document.createElement('p');
    pale.textContent = 'pale';
    pale.style.color = '#ddd';
    pale.style.background = '#fff';
    document.getElementById('main').append(image, pale);
  });
  expect((await faults(page)).map((fault) => fault.split(':')[0]).sort()).toEqual(['color-contrast', 'image-alt']);
});
