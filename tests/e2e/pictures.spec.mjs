// Every product has a drawing of its kind, made in the page: no request, and many different ones.
import { enter } from './lib/shopper.mjs';
import { expect, test } from './lib/test.mjs';

test('every product is drawn, in at least 60 ways, without a request', async ({ page, server }) => {
  await enter(page, server.url);
  // That the bundle is still the latest is asked when the page is idle.
  const others = async () => (await server.accessLog()).filter((line) => !line.startsWith('GET /shop/factors.safetensors'));
  const before = await others();
  const { drawn, ways, shapes } = await page.evaluate(async () => {
    const { picture } = await import('/pictures/picture.js');
    const { catalogue } = window.homebodyDemo;
    const seen = { ways: new Set(), shapes: new Set() };
    let drawn = 0;
    for (const id of catalogue.ids) {
      const made = picture(catalogue.item(id));
      if (made.querySelector('path')) drawn += 1;
      seen.ways.add(made.outerHTML);
      seen.shapes.add(made.dataset.drawing);
    }
    return { drawn, ways: seen.ways.size, shapes: seen.shapes.size };
  });
  expect(drawn).toBe(await page.evaluate(() => window.homebodyDemo.catalogue.ids.length));
  expect(shapes).toBeGreaterThanOrEqual(60);
  expect(ways).toBeGreaterThan(shapes);
  expect(await others()).toEqual(before);
});
