// Where the profile cannot be opened, the shop shows what is popular and says why.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FOLDERS } from './lib/server.mjs';
import { enter, firstIds, forYou, go, ids, productAt } from './lib/shopper.mjs';
import { expect, test } from './lib/test.mjs';

const BUNDLE = '**/shop/factors.safetensors';

/** Each breaks one thing on the way to the profile. */
const BREAKS = {
  'a bundle that does not come': (page) => page.route(BUNDLE, (route) => route.abort()),
  'a bundle that is not there': (page) => page.route(BUNDLE, (route) => route.fulfill({ status: 404, body: 'not found' })),
  'a bundle of rubbish': (page) => page.route(BUNDLE, (route) => route.fulfill({ body: 'rubbish' })),
  'half a bundle': async (page) => {
    const whole = await readFile(join(FOLDERS.shop, 'factors.safetensors'));
    await page.route(BUNDLE, (route) => route.fulfill({ body: whole.subarray(0, whole.length / 2) }));
  },
  'a package that does not come': (page) => page.route('**/pkg/index.js', (route) => route.abort()),
  'a wasm module that does not come': (page) => page.route('**/pkg/*.wasm', (route) => route.abort()),
  'a policy without WebAssembly': (page) => page.route((url) => url.pathname === '/', async (route) => {
    const response = await route.fetch();
    const policy = response.headers()['content-security-policy'];
    expect(policy).toContain("'wasm-unsafe-eval'");
    await route.fulfill({ response, headers: { ...response.headers(), 'content-security-policy': policy.replace("'wasm-unsafe-eval'", '') } });
  }),
};

for (const [name, breakIt] of Object.entries(BREAKS)) {
  test(`${name}: popular items, and the reason with its code`, async ({ page, server }) => {
    await breakIt(page);
    await enter(page, server.url);
    await expect(page.locator('#problem')).toBeVisible();
    await expect(page.locator('#problem')).toHaveText(/what you see is popular.*\([a-z]+(-[a-z]+)+\)$/);
    const popular = await firstIds(page, 12);
    expect(ids(await forYou(page))).toEqual(popular);

    await go(page, productAt(popular[0])); // and it is still a shop
    await page.getByRole('button', { name: 'Add to cart' }).click();
    await expect(page.locator('#cart-count')).toHaveText('1');
    await go(page, '#/profile');
    await expect(page.locator('#state')).toHaveAttribute('data-status', 'closed');
  });
}

test('control: with nothing broken there is no such line', async ({ page, server }) => {
  await enter(page, server.url);
  await expect(page.locator('#problem')).toBeHidden();
});

test('no catalogue: the page says so', async ({ page, server }) => {
  await page.route('**/shop/catalogue.json', (route) => route.fulfill({ status: 503, body: '' }));
  await page.goto(server.url);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('The shop could not be opened');
  await expect(page.locator('main')).toContainText('503');
});
