// What the front page and the guide show in JavaScript is run as it stands there, on the bundle of a small
// grocery: apples, bread, brie, cheddar, milk, pasta.
import { readFileSync } from 'node:fs';
import { ROOT } from './lib/server.mjs';
import { expect, test } from './lib/test.mjs';

const IMPORTS = {
  homebody: '/pkg/index.js',
  'homebody/inspector': '/pkg/inspector/index.js',
  'homebody/backup': '/pkg/backup.js',
  'homebody/worker': '/pkg/worker/index.js',
  ...Object.fromEntries(['tcf', 'google', 'shopify'].map((tool) => [`homebody/consent/${tool}`, `/pkg/consent/${tool}.js`])),
};

/** The blocks of a document in one language. */
const blocks = (name, language) => [...readFileSync(ROOT + name, 'utf8').matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map(([, text]) => text);

/** Opens a page of our own in the shop's origin. */
async function open(page, server, html) {
  const bundle = readFileSync(`${ROOT}tests/golden/grocery.safetensors`);
  await page.route('**/factors.safetensors', (route) => route.fulfill({ body: bundle, contentType: 'application/octet-stream' }));
  await page.route('**/example.html', (route) => route.fulfill({ body: html, contentType: 'text/html; charset=utf-8' }));
  await page.goto(`${server.url}/example.html`);
}

const around = (body, script) => `<!doctype html><title>x</title><script type="importmap">${JSON.stringify({ imports: IMPORTS })}</script>
  ${body}<script type="module">${script}</script>`;

test('the ten lines of the front page', async ({ page, server }) => {
  const [lines] = blocks('README.md', 'js');
  await open(page, server, around('<main><button id="add" data-item="pasta">Add</button></main>', `
    window.lists = [];
    const addToCart = document.getElementById('add');
    const shelf = { show: (list) => window.lists.push(list.map(({ id }) => id)) };
    ${lines}
    window.before = profile.recommend({ limit: 12 }).map(({ id }) => id);`));
  await page.waitForFunction(() => window.before);
  await page.locator('#add').click();
  await page.waitForFunction(() => window.lists.length > 0);
  const [before, after] = await page.evaluate(() => [window.before, window.lists.at(-1)]);
  expect(after).toHaveLength(before.length);
  expect(after).not.toEqual(before);
});

test('the page of the guide', async ({ page, server }) => {
  const [html] = blocks('docs/guide/page.md', 'html');
  await open(page, server, html);
  const lines = page.locator('#shelf li');
  await expect(lines).toHaveCount(4);
  const before = await lines.allTextContents();
  await page.locator('#add').click();
  await expect.poll(() => lines.allTextContents()).not.toEqual(before);
  await expect(lines.filter({ hasText: 'because you put pasta into your cart' }).first()).toBeVisible();
});

test('control: without a bundle the page of the guide goes on without the shelf', async ({ page, server }) => {
  const [html] = blocks('docs/guide/page.md', 'html');
  await open(page, server, html.replace('/factors.safetensors', '/gone.safetensors'));
  await expect(page.locator('#shelf')).toBeHidden();
  await expect(page.locator('#add')).toBeVisible();
});

const WORKER = "'homebody/worker'";

test('the profile in a worker', async ({ page, server }) => {
  const [lines] = blocks('docs/guide/page.md', 'js').filter((text) => text.includes(WORKER));
  await open(page, server, around('<main></main>', `
    const shelf = { show: (list) => { window.shown = list.map(({ id }) => id); } };
    ${lines}`));
  await page.waitForFunction(() => window.shown);
  expect(await page.evaluate(() => window.shown)).toHaveLength(6);
});

test('the inspector, and each verb of the shopper', async ({ page, server }) => {
  const parts = [...blocks('docs/guide/page.md', 'js').filter((text) => !text.includes(WORKER)), ...blocks('docs/guide/shopper.md', 'js')];
  expect(parts).toHaveLength(11);
  const imports = /^import .*$/gm; // stand on top of a module; the rest of each part is run as it stands
  await open(page, server, around('<main></main>', `
    import { openProfile } from 'homebody';
    ${parts.flatMap((text) => text.match(imports) ?? []).join('\n')}
    const profile = await openProfile({ factors: '/factors.safetensors' });
    try {
      ${parts.map((text) => `{ ${text.replace(imports, '')} }`).join('\n')}
      window.end = 'done';
    } catch (error) {
      window.end = String(error);
    }`));
  await page.waitForFunction(() => window.end);
  expect(await page.evaluate(() => window.end)).toBe('done');
  await expect(page.locator('homebody-inspector')).toBeVisible();
});
