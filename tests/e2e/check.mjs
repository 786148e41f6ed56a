// `cargo xtask demo --check`: a headless Chromium goes shopping in the shop at the given address, and
// prints what it measured. Every check says `ok` or `FAILED` with a sentence; the last line counts them.
//
//   node tests/e2e/check.mjs http://localhost:8080
import { chromium } from '@playwright/test';
import { firstVisit } from './checks/first-visit.mjs';
import { refusal } from './checks/refusal.mjs';
import { seededVisits } from './checks/seeded-visits.mjs';
import { speed } from './checks/speed.mjs';
import { launchOptions } from './lib/chrome.mjs';

const LONGEST = 8 * 60_000; // it ends by itself, whatever hangs

const base = process.argv[2]?.replace(/\/$/, '');
if (!base) {
  console.error('usage: node tests/e2e/check.mjs http://localhost:PORT');
  process.exit(2);
}

/** @type {string[]} */
const failed = [];
let checks = 0;
let ended = false;

/** What a check gets: a browser, and ways to say things. */
const tools = {
  base,
  say: (text = '') => console.log(text),
  /** One check: holds, or the sentence says what does not. */
  expect(holds, sentence) {
    checks += 1;
    if (!holds) failed.push(sentence);
    console.log(`${holds ? 'ok    ' : 'FAILED'} ${sentence}`);
  },
  /** A page in a browser profile of its own: a shopper who has never been here. */
  async stranger() {
    const context = await tools.browser.newContext({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    return page;
  },
  /** @type {import('@playwright/test').Browser} */
  browser: undefined,
};

const stop = setTimeout(() => end(`it did not end within ${LONGEST / 60_000} minutes`), LONGEST);
try {
  tools.browser = await chromium.launch(launchOptions);
  for (const part of [firstVisit, seededVisits, speed, refusal]) await part(tools);
  await end();
} catch (error) {
  await end(error.message);
}

/** @param {string} [broken] why it could not go on */
async function end(broken) {
  if (ended) return; // closing the browser makes what still runs fail
  ended = true;
  clearTimeout(stop);
  if (broken) tools.expect(false, `the check could not go on: ${broken}`);
  await tools.browser?.close().catch(() => {});
  if (failed.length === 0) console.log(`\ncheck passed: ${checks} of ${checks}`);
  else console.log(`\n${failed.map((sentence) => `failed: ${sentence}`).join('\n')}\ncheck failed: ${checks - failed.length} of ${checks} passed`);
  process.exit(failed.length === 0 ? 0 : 1);
}
