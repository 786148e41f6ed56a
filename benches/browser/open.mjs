// From nothing to the first personal list: with the whole bundle and with its popular head first, from the network and
// from the browser's cache, on a modest phone and as fast as it goes; then memory. Run by
// `cargo xtask bench open`, or memory alone by `cargo xtask bench open memory`.
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { chromium } from '@playwright/test';
import { launchOptions } from '../../tests/e2e/lib/chrome.mjs';
import { ROOT, about, save, spread } from './report.mjs';
import { IN_WORDS, slowDown } from './slow.mjs';

const SIZES = [10_000, 100_000];
const LARGE = [100_000, 1_000_000];
const DIM = 64;
const ROUNDS = { slow: 3, fast: 7 };
/** When the browser has been asked whether the bundle is the latest. */
const REFRESHED = 12_000;
const PARTS = ['script', 'module', 'bundle', 'reading', 'list'];
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' };

const bundle = (kind, items) => `/target/bench/${kind}-${items}.safetensors`;
const files = new Map();
const server = createServer((request, response) => { void serve(request, response); });
await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
const base = `http://127.0.0.1:${server.address().port}`;
const browser = await chromium.launch(launchOptions);
try {
  const on = about(browser);
  const alone = process.argv[2] === 'memory';
  const times = [];
  for (const speed of alone ? [] : ['fast', 'slow']) times.push(...await openings(speed));
  const memory = [];
  for (const items of LARGE) memory.push(await remembered(items));
  if (!alone) save('open', { ...on, slow: IN_WORDS, rounds: ROUNDS, times, memory });
} finally {
  await browser.close();
  server.close();
}

async function openings(speed) {
  const cases = SIZES.flatMap((items) => [
    { items, way: 'whole', factors: bundle('gram', items) },
    { items, way: 'head', factors: bundle('gram', items), head: bundle('head', items) },
    ...(speed === 'fast' ? [{ items, way: 'whole, no Gram', factors: bundle('fold', items) }] : []),
  ]);
  const seen = cases.map(() => ({ cold: [], warm: [] }));
  for (let round = 0; round < ROUNDS[speed]; round++) {
    for (const [place, one] of cases.entries()) {
      const { context, end } = await stranger();
      for (const cache of ['cold', 'warm']) seen[place][cache].push(await visit(context, one, speed === 'slow'));
      await end();
    }
  }
  console.log(`\n${speed === 'slow' ? IN_WORDS : 'as fast as it goes'}, ${ROUNDS[speed]} visits each; ms to the first personal list`);
  console.log('items'.padStart(9), 'bundle'.padEnd(16), 'cache'.padEnd(5), 'all'.padStart(7), ...PARTS.map((part) => part.padStart(8)), 'kB until then'.padStart(14));
  return cases.flatMap(({ items, way }, place) => ['cold', 'warm'].map((cache) => {
    const part = (name) => spread(seen[place][cache].map((one) => one[name]));
    const row = Object.fromEntries(['all', ...PARTS, 'bytes'].map((name) => [name, part(name)]));
    console.log(String(items).padStart(9), way.padEnd(16), cache.padEnd(5), row.all.median.toFixed(0).padStart(7),
      ...PARTS.map((name) => row[name].median.toFixed(name === 'list' ? 1 : 0).padStart(8)), (row.bytes.median / 1000).toFixed(0).padStart(14));
    return { speed, items, way, cache, ...row };
  }));
}

/** A browser with a cache on the disk, and nothing in it: in one without a folder, large files are not kept. */
async function stranger() {
  const folder = await mkdtemp(join(tmpdir(), 'homebody-open-'));
  const context = await chromium.launchPersistentContext(folder, launchOptions);
  return { context, end: async () => { await context.close(); await rm(folder, { recursive: true, force: true }); } };
}

async function visit(context, one, slow) {
  const page = await context.newPage();
  await page.goto(`${base}/benches/browser/open.html`);
  if (slow) await slowDown(page);
  const result = await page.evaluate(first, one);
  await page.close();
  return result;
}

/** Runs in the page: the parts stand beside one another where the downloads do. */
async function first({ factors, head }) {
  const until = {};
  const start = performance.now();
  const stamp = (name) => { until[name] = performance.now() - start; };
  const stream = WebAssembly.instantiateStreaming;
  WebAssembly.instantiateStreaming = async (...asked) => {
    const made = await stream.call(WebAssembly, ...asked);
    stamp('module');
    globalThis.memory = Object.values(made.instance.exports).find((one) => one instanceof WebAssembly.Memory); // its name is short
    return made;
  };
  const whole = Response.prototype.arrayBuffer;
  Response.prototype.arrayBuffer = async function () {
    const bytes = await whole.call(this);
    if (until.bundle === undefined) stamp('bundle');
    return bytes;
  };
  const { openProfile } = await import('/pkg/index.js');
  stamp('script');
  const profile = await openProfile({ factors, head, consent: 'pending' });
  stamp('open');
  profile.record('cart', 'item-0000003');
  const list = profile.recommend({ limit: 20 });
  stamp('all');
  if (list.length !== 20 || list[0].reasons[0].because === 'popular') throw new Error(`no personal list: ${JSON.stringify(list[0])}`);
  const bytes = performance.getEntriesByType('resource').filter(({ responseEnd }) => responseEnd > 0 && responseEnd - start < until.all)
    .reduce((sum, { transferSize }) => sum + transferSize, 0);
  const before = Math.max(until.module, until.bundle);
  return { ...until, reading: until.open - before, list: until.all - until.open, bytes };
}

/** What is in memory once a bundle is open; the wasm memory never shrinks, so its size is its peak. */
async function remembered(items) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${base}/benches/browser/open.html`);
  await page.evaluate(first, { factors: bundle('gram', items) });
  const session = await context.newCDPSession(page);
  const buffers = async () => {
    await session.send('HeapProfiler.collectGarbage');
    return (await session.send('Runtime.getHeapUsage')).backingStorageSize ?? 0;
  };
  const early = await buffers();
  await page.waitForTimeout(REFRESHED);
  const late = await buffers();
  const wasm = await page.evaluate(() => globalThis.memory.buffer.byteLength);
  await context.close();
  const limit = 1.3 * items * DIM + 8e6;
  const mega = (bytes) => (bytes / 1e6).toFixed(1);
  console.log(`${items} × ${DIM}: wasm memory ${mega(wasm)} MB, buffers of the page's scripts ${mega(early)} MB at once, ${mega(late)} MB later;`
    + ` a table of ${mega(items * DIM)} MB, times 1.3 and 8 MB more: ${mega(limit)} MB`);
  return { items, dim: DIM, wasm, early, late, limit };
}

/** As `homebody serve` does: compressed once where that helps, kept and asked about by its tag. */
async function serve(request, response) {
  const path = normalize(new URL(request.url, base).pathname);
  try {
    if (!files.has(path)) files.set(path, packed(await readFile(join(ROOT, path)), extname(path)));
    const { body, headers } = files.get(path);
    if (request.headers['if-none-match'] === headers.etag) response.writeHead(304, headers).end();
    else response.writeHead(200, headers).end(body);
  } catch {
    response.writeHead(404).end();
  }
}

function packed(plain, ending) {
  const small = ending in TYPES; // random factors are as small as they get
  const headers = {
    'content-type': TYPES[ending] ?? 'application/octet-stream', 'cache-control': 'no-cache', etag: `"${createHash('sha256').update(plain).digest('hex').slice(0, 32)}"`,
  };
  return { body: small ? brotliCompressSync(plain) : plain, headers: small ? { ...headers, 'content-encoding': 'br' } : headers };
}
