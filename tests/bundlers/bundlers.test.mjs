// The package in a shop that is built by Vite or by webpack, and in Vite's development server: built, served,
// opened in Chrome. It installs both from npm, so it belongs to `cargo xtask test all`.
// Needs a built pkg/ and CHROME.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, createReadStream, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from '@playwright/test';

const root = fileURLToPath(new URL('../..', import.meta.url));
const shop = mkdtempSync(join(tmpdir(), 'homebody-bundlers-'));
let browser;

before(async () => {
  for (const name of ['package.json', 'package-lock.json', 'index.html', 'src']) {
    cpSync(fileURLToPath(new URL(`shop/${name}`, import.meta.url)), join(shop, name), { recursive: true });
  }
  mkdirSync(join(shop, 'public'));
  cpSync(join(root, 'tests/golden/grocery.safetensors'), join(shop, 'public/grocery.safetensors'));
  npm(shop, 'ci', '--ignore-scripts', '--no-audit');
  const [packed] = JSON.parse(npm(root, 'pack', '--json', '--ignore-scripts', '--pack-destination', shop));
  npm(shop, 'install', '--ignore-scripts', '--no-audit', '--no-save', `./${packed.filename}`);
  browser = await chromium.launch({ executablePath: process.env.CHROME, args: ['--no-sandbox', '--disable-gpu'] });
});
after(async () => {
  await browser?.close();
  rmSync(shop, { recursive: true });
});

test('built by Vite', async () => {
  const { build } = await tool('vite');
  await build({ root: shop, logLevel: 'warn' });
  assert.match(await opened(await serve(join(shop, 'dist'))), LIST);
});

test('served by Vite while it is developed', async () => {
  const { createServer: develop } = await tool('vite');
  const server = await develop({ root: shop, logLevel: 'warn', server: { host: '127.0.0.1' } });
  await server.listen();
  try {
    assert.match(await opened(server.resolvedUrls.local[0]), LIST);
  } finally {
    await server.close();
  }
});

test('built by webpack', async () => {
  const { default: webpack } = await tool('webpack');
  const out = join(shop, 'webpack');
  const stats = await new Promise((resolve, reject) => {
    webpack({ mode: 'production', performance: { hints: false }, context: shop, entry: './src/main.js', output: { path: out, publicPath: 'auto' } }, (error, done) => (error ? reject(error) : resolve(done)));
  });
  assert.ok(!stats.hasErrors() && !stats.hasWarnings(), stats.toString('errors-warnings'));
  cpSync(join(shop, 'public'), out, { recursive: true });
  writeFileSync(join(out, 'index.html'), '<!doctype html><title>A bundled shop</title><body><script type="module" src="/main.js"></script>');
  assert.match(await opened(await serve(out)), LIST);
});

test('control: without the module beside it the shop does not open', async () => {
  const out = join(shop, 'dist');
  execFileSync('find', [out, '-name', '*.wasm', '-delete']);
  assert.doesNotMatch(await opened(await serve(out), 3_000).catch(() => 'it did not open'), LIST);
});

/** What was looked at stands first; what follows it depends on the negatives that were drawn. */
const LIST = /^apples \w+ \w+$/;

async function opened(url, timeout = 30_000) {
  const page = await browser.newPage();
  page.setDefaultTimeout(timeout);
  await page.goto(url);
  await page.locator('body[data-list]').waitFor();
  await page.locator('body[data-worker^="apples "]').waitFor();
  await page.locator('homebody-inspector').getByText('What it thinks').first().waitFor();
  return page.evaluate(() => document.body.dataset.list);
}

/** A file host. */
async function serve(folder) {
  const types = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' };
  const server = createServer((request, response) => {
    const path = join(folder, normalize(new URL(request.url, 'http://host').pathname.replace(/\/$/, '/index.html')));
    if (!existsSync(path)) return response.writeHead(404).end();
    response.setHeader('content-type', types[extname(path)] ?? 'application/octet-stream');
    return createReadStream(path).pipe(response);
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  server.unref();
  return `http://127.0.0.1:${server.address().port}/`;
}

/** A tool of the shop's own. */
const tool = (name) => import(pathToFileURL(createRequire(join(shop, 'package.json')).resolve(name)).href);

function npm(cwd, ...args) {
  const shell = process.platform === 'win32'; // npm is a batch file there
  return execFileSync('npm', args, { cwd, shell, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}
