// Opens the page in a headless Chromium, prints the table, writes JSON and the plot. Run by `cargo xtask bench`.
//
//   node benches/browser/run.mjs rank 10000 100000 1000000
//   node benches/browser/run.mjs step
//   node benches/browser/run.mjs turns target/before pkg      (builds of the package, of one's own making)
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import binaryen from 'binaryen';
import { chromium } from '@playwright/test';
import { launchOptions } from '../../tests/e2e/lib/chrome.mjs';
import { draw } from './plot.mjs';
import { ROOT, about, save, spread } from './report.mjs';

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm' };

const NEGATIVES = '8 negatives';
/** Microseconds to reach. */
const BARS = { 'homebody, Sgd': 2, 'homebody, Sgd and FoldIn': 60 };

const [what, ...given] = process.argv.slice(2);
mkdirSync(join(ROOT, 'target/bench'), { recursive: true });
const limit = binaryen.parseText(readFileSync(join(ROOT, 'benches/browser/limit.wat'), 'utf8'));
limit.setFeatures(binaryen.Features.SIMD128);
writeFileSync(join(ROOT, 'target/bench/limit.wasm'), limit.emitBinary());

const server = createServer((request, response) => { void serve(request, response); });
await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
const browser = await chromium.launch({ ...launchOptions, args: [...launchOptions.args, '--js-flags=--max-old-space-size=8192'] });
const on = about(browser, JSON.parse(readFileSync(join(ROOT, 'benches/browser/package.json'), 'utf8')).devDependencies);
try {
  if (what === 'rank') await rank(given.map(Number));
  else if (what === 'turns') await turns(given);
  else await step();
} finally {
  await browser.close();
  server.close();
}

async function rank(all) {
  const results = [];
  for (const items of all) {
    const place = (kind) => `/target/bench/${kind}-${items}.safetensors`;
    const result = await inPage((page) => page.evaluate(
      (tables) => globalThis.measure.rank(...tables, '/target/bench/limit.wasm'), ['plain', 'shop', 'visit'].map(place),
    ));
    results.push(result);
    const [own, floor] = ['homebody', 'read limit'].map((name) => result.methods.find((one) => one.name === name).median);
    console.log(`\n${items.toLocaleString('en')} × ${result.dim}, the 20 best, ${result.rounds} rounds of ${result.calls} calls`);
    console.log('method'.padEnd(46), 'median ms'.padStart(10), '÷ homebody'.padStart(11), '÷ limit'.padStart(9), 'recall'.padStart(8));
    for (const { name, median, recall, note } of result.methods.toSorted((a, b) => a.median - b.median)) {
      const numbers = [median.toFixed(4).padStart(10), (median / own).toFixed(2).padStart(11), (median / floor).toFixed(2).padStart(9), recall.toFixed(3).padStart(8)];
      console.log(name.padEnd(46), ...numbers, note ?? '');
    }
    console.log(`homebody, right after a click on whatever item, of a table by chance: ${result.afterClick.toFixed(4)} ms (the clock has steps of 0.005)`);
    result.skipped.forEach((why) => { console.log(`left out: ${why}`); });
  }
  save('rank', { ...on, results });
  writeFileSync(join(ROOT, 'docs/pictures/rank.svg'), draw(results));
}

async function step() {
  const at = (kind) => `/target/bench/${kind}-100000.safetensors`;
  const result = await inPage((page) => page.evaluate(
    (bundles) => globalThis.measure.step(bundles), { sgd: at('plain'), fold: at('fold') },
  ));
  const own = result.methods[0].median;
  console.log(`\none interaction, ${NEGATIVES}, ${result.items.toLocaleString('en')} × ${result.dim}, ${result.rounds} rounds of ${result.batch}; median µs`);
  console.log('method'.padEnd(46), 'after a pause'.padStart(14), '÷ homebody'.padStart(11), 'in a row'.padStart(9), 'to reach'.padStart(9));
  for (const { name, median, row } of result.methods.toSorted((a, b) => a.median - b.median)) {
    console.log(name.padEnd(46), median.toFixed(2).padStart(14), (median / own).toFixed(2).padStart(11), row.toFixed(2).padStart(9), `${BARS[name] ?? ''}`.padStart(9));
  }
  const { events, stored, longTasks, longest, control } = result.visit;
  console.log(`${events} events in 3 s, ${stored} learnt: ${longTasks} tasks above 50 ms (longest ${longest} ms); one on purpose was ${control ? '' : 'not '}seen`);
  save('step', { ...on, ...result, apart: await inPage(apart) });
}

async function turns(builds) {
  const at = builds.map((build) => `/${build}`);
  const all = await inPage((page) => page.evaluate(
    (given) => globalThis.measure.turns(...given), [at, '/target/bench/plain-100000.safetensors'],
  ));
  console.log('\na step of each build in turn, 100,000 × 64; median µs, and of the time of the first');
  all.forEach(({ build, median, ratio }) => { console.log(build.padEnd(46), median.toFixed(2).padStart(10), ratio.toFixed(3).padStart(8)); });
}

/** The page's thread, round by round: what it is busy with, less what the empty loop takes. */
async function apart(page) {
  await page.evaluate((factors) => globalThis.measure.apart.open(factors), '/target/bench/shop-100000.safetensors');
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const busy = async () => (await session.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration').value * 1e6;
  const [tasks, rounds] = [{ record: 50, recommend: 50 }, 11];
  const seen = Object.keys(tasks).flatMap((verb) => ['nothing', 'page', 'worker'].map((where) => ({ verb, where, times: [], trips: [] })));
  for (let round = 0; round <= rounds; round++) {
    for (const { verb, where, times, trips } of seen.toSorted(() => Math.random() - 0.5)) {
      const before = await busy();
      const { calls, trip } = await page.evaluate((given) => globalThis.measure.apart.spend(...given), [where, verb, tasks[verb]]);
      if (round === 0) continue; // warm
      times.push((await busy() - before) / calls);
      trips.push(trip);
    }
  }
  await page.evaluate(() => globalThis.measure.apart.close());
  const idle = (verb) => spread(seen.find((one) => one.verb === verb && one.where === 'nothing').times).median;
  console.log(`\nthe page's own thread, 100,000 × 64, ${rounds} rounds; µs a call, and ms from call to answer (ten records, or one list)`);
  return seen.filter(({ where }) => where !== 'nothing').map(({ verb, where, times, trips }) => {
    const [taken, trip] = [spread(times.map((time) => time - idle(verb))), spread(trips).median];
    console.log(`${verb} ${where === 'page' ? 'on the page' : 'in a worker'}`.padEnd(46), taken.median.toFixed(1).padStart(10), `(${taken.low.toFixed(1)}–${taken.high.toFixed(1)})`.padStart(16), trip.toFixed(2).padStart(9));
    return { verb, where, taken, trip };
  });
}

/** A page of its own for each measurement: memory of one is not in the way of the next. */
async function inPage(work) {
  const page = await browser.newPage();
  page.on('pageerror', (error) => { console.error(error); });
  page.on('console', (message) => { if (message.type() === 'error') console.error(message.text()); });
  await page.goto(`http://127.0.0.1:${server.address().port}/benches/browser/page.html`);
  await page.waitForFunction(() => globalThis.ready === true);
  const result = await work(page);
  await page.close();
  return result;
}

async function serve(request, response) {
  const path = normalize(new URL(request.url, 'http://here').pathname);
  // Isolated pages have a clock of 5 µs instead of 100.
  const headers = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };
  try {
    const body = await readFile(join(ROOT, path));
    response.writeHead(200, { ...headers, 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' }).end(body);
  } catch {
    response.writeHead(404, headers).end();
  }
}
