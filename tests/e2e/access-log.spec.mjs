// The server's access log is the same for two shoppers who looked at different things.
import { categoryAt, choose, enter, go, productAt } from './lib/shopper.mjs';
import { startServer } from './lib/server.mjs';
import { expect, test } from './lib/test.mjs';

/**
 * The log of one visit, on a server of its own. Files load side by side, so their order is chance: the
 * lines are compared sorted, which is what a log without times can tell.
 */
async function logOf(browser, { products, category, words }, prepare = async () => {}) {
  const server = await startServer();
  const context = await browser.newContext();
  const page = await context.newPage();
  try {
    await prepare(page);
    await enter(page, server.url);
    await choose(page, 'device');
    const { ids, paths } = await page.evaluate(() => {
      const { ids, departments } = window.homebodyDemo.catalogue;
      return { ids, paths: departments.map(({ categories }) => categories[0].path) };
    });
    await go(page, categoryAt(paths[category]));
    for (const place of products) {
      await go(page, productAt(ids[place]));
      await page.getByRole('button', { name: 'Add to cart' }).click();
      await page.goBack();
    }
    await go(page, `#/search/${words}`);
    await go(page, '#/cart');
    await page.evaluate(() => window.homebodyDemo.profile.saved());
    return (await server.accessLog()).sort();
  } finally {
    await context.close();
    await server.stop();
  }
}

const ANNA = { products: [3, 8, 21], category: 0, words: 'milk' };
const BERT = { products: [40, 77], category: 1, words: 'dog' };

test('two shoppers, one log', async ({ browser }) => {
  const anna = await logOf(browser, ANNA);
  expect(anna.length).toBeGreaterThan(10);
  expect(await logOf(browser, BERT)).toEqual(anna);
});

test('control: a page that asks the server for its product gives them away', async ({ browser }) => {
  const leaking = (page) => page.route('**/pages/product.js', async (route) => {
    const source = await (await route.fetch()).text();
    const body = source.replace('export function product(shop, id) {', (line) => `${line}\n  fetch(\`/product/\${id}\`);`);
    expect(body).not.toBe(source);
    await route.fulfill({ body, contentType: 'text/javascript' });
  });
  const anna = await logOf(browser, ANNA, leaking);
  expect(await logOf(browser, BERT, leaking)).not.toEqual(anna);
});
