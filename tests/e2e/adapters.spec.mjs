// The adapters follow the tools by which shops ask for consent: nothing before an answer, all that was granted
// after it, and nothing again when it is taken back.
import { readFileSync } from 'node:fs';
import { ROOT } from './lib/server.mjs';
import { google, shopify, tcf } from './lib/consent-tools.mjs';
import { inWords, storageOf } from './lib/storage.mjs';
import { expect, test } from './lib/test.mjs';

/** A page with the tool, and beside it a profile that waits for an answer. `window.is()` says what holds by now. */
async function open(page, server, tool) {
  const bundle = readFileSync(`${ROOT}tests/golden/grocery.safetensors`);
  await page.route('**/factors.safetensors', (route) => route.fulfill({ body: bundle, contentType: 'application/octet-stream' }));
  await page.route('**/example.html', (route) => route.fulfill({ body: '<!doctype html><title>x</title>', contentType: 'text/html' }));
  await page.addInitScript(tool);
  await page.goto(`${server.url}/example.html`);
  await page.evaluate(async () => {
    const { openProfile } = await import('/pkg/index.js');
    const adapters = await Promise.all(['tcf', 'google', 'shopify'].map((name) => import(`/pkg/consent/${name}.js`)));
    Object.assign(window, ...adapters);
    window.profile = await openProfile({ factors: '/factors.safetensors', reports: { url: '/v1/reports', delay: [1e6, 1e6] } });
    window.profile.record('view', 'brie');
    window.is = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      await window.profile.saved();
      const { status, grants } = window.profile.state();
      return [status, ...Object.keys(grants).filter((grant) => grant !== 'profile' && grants[grant])].join(' ');
    };
  });
}

const is = (page) => page.evaluate(() => window.is());

/** What holds after each step. A step is a function for the page. */
async function after(page, steps) {
  const states = [];
  for (const step of steps) {
    await page.evaluate(step);
    states.push(await is(page));
  }
  return states;
}

/** From the first page to a refusal, in the words of each tool. */
const TOOLS = {
  tcf: {
    tool: tcf,
    follow: () => { window.stop = window.followTcf(window.profile); },
    shown: () => { window.shopper.load({ gdprApplies: true, eventStatus: 'cmpuishown' }); },
    agrees: () => { window.shopper.says([1, 5, 6, 8, 9]); },
    again: () => { window.shopper.shown(); },
    withdraws: () => { window.shopper.says([]); },
  },
  google: {
    tool: google,
    follow: () => {
      window.shopper.defaults({ ad_storage: 'denied', ad_user_data: 'denied', ad_personalization: 'denied', analytics_storage: 'denied', personalization_storage: 'denied', wait_for_update: 500 });
      window.stop = window.followConsentMode(window.profile);
    },
    shown: () => { window.shopper.load(); },
    agrees: () => { window.shopper.says({ personalization_storage: 'granted', analytics_storage: 'granted' }); },
    again: () => { window.gtag('event', 'page_view'); },
    withdraws: () => { window.shopper.says({ personalization_storage: 'denied', analytics_storage: 'denied' }); },
  },
  shopify: {
    tool: shopify,
    follow: () => { window.stop = window.followShopify(window.profile); },
    shown: () => {},
    agrees: () => { window.shopper.says(true, true); },
    again: () => {},
    withdraws: () => { window.shopper.says(false, false); },
  },
};

const JOURNEY = ['pending', 'pending', 'ready rank reports', 'ready rank reports', 'refused'];

for (const [name, { tool, follow, shown, agrees, again, withdraws }] of Object.entries(TOOLS)) {
  test(`${name}: nothing before an answer, then what was granted, and nothing once it is taken back`, async ({ page, server }) => {
    await open(page, server, tool);
    expect(await after(page, [follow, shown])).toEqual(JOURNEY.slice(0, 2));
    expect(inWords(await storageOf(page))).toBe('nothing');
    expect(await after(page, [agrees, again])).toEqual(JOURNEY.slice(2, 4));
    expect((await storageOf(page)).kept.some(({ where }) => where === 'homebody/log')).toBe(true);
    expect(await after(page, [withdraws])).toEqual(JOURNEY.slice(4));
    expect((await storageOf(page)).kept.map(({ key }) => key)).toEqual(['no reports before']);
    // Once stopped it hears nothing more.
    expect(await after(page, [() => { window.stop(); }, agrees])).toEqual(['refused', 'refused']);
  });

  test(`control: an adapter of ${name} that is deaf to a withdrawal does not pass`, async ({ page, server }) => {
    await open(page, server, tool);
    await page.evaluate(() => {
      const { profile } = window;
      const setConsent = profile.setConsent.bind(profile);
      profile.setConsent = async (consent) => { if (consent.profile) await setConsent(consent); };
    });
    const states = await after(page, [follow, shown, agrees, again, withdraws]);
    expect(states).not.toEqual(JOURNEY);
    expect(states.at(-1)).toBe('ready rank reports');
  });
}

test('tcf: each purpose grants its own, by consent or by interest, to the publisher first', async ({ page, server }) => {
  await open(page, server, tcf);
  const load = () => {
    window.followTcf(window.profile, { segments: true });
    window.shopper.load({ gdprApplies: true, eventStatus: 'tcloaded', purpose: { consents: { 1: true } } });
  };
  expect(await after(page, [load])).toEqual(['ready']); // a returning shopper: kept, and no ranking by it
  expect(await page.evaluate(() => {
    try { return window.profile.recommend(); } catch ({ name, code, message }) { return [name, code, message.includes('rank: true')]; }
  })).toEqual(['HomebodyError', 'no-grant', true]);
  expect(await after(page, [
    () => { window.shopper.says([1, 5]); },
    () => { window.shopper.says([1, 5, 6]); },
    () => { window.shopper.says([1, 5, 6], [8, 9]); },
    () => { window.shopper.says([1, 5, 6, 8]); },
    () => { window.shopper.says([1], [5, 6]); }, // the framework knows no interest in these two
    () => { window.shopper.says([1, 5, 6, 8, 9], [], { 1: true, 5: true, 6: true }); }, // the publisher's own are fewer
    () => { window.shopper.says([1, 5, 6], [], { 1: false }); },
  ])).toEqual(['ready', 'ready rank segments', 'ready rank segments reports', 'ready rank segments', 'ready', 'ready rank segments', 'refused']);
});

test('tcf: where the GDPR does not apply, what the shop says; without a banner, nothing', async ({ page, server }) => {
  await open(page, server, tcf);
  expect(await after(page, [
    () => { window.followTcf(window.profile); },
    () => { window.shopper.load({ gdprApplies: false, eventStatus: 'tcloaded' }); },
    () => { window.followTcf(window.profile, { elsewhere: { profile: true, reports: false } }); },
    () => { delete window.__tcfapi; window.followTcf(window.profile)(); },
  ])).toEqual(['pending', 'pending', 'ready rank', 'ready rank']);
});

test('tcf: stopped before the banner has loaded, it takes its listener back', async ({ page, server }) => {
  await open(page, server, tcf);
  const states = await after(page, [
    () => { window.followTcf(window.profile)(); },
    () => { window.shopper.load({ gdprApplies: true, eventStatus: 'tcloaded', purpose: { consents: { 1: true, 5: true, 6: true } } }); },
  ]);
  expect(states).toEqual(['pending', 'pending']);
  expect(await page.evaluate(() => window.shopper.removed)).toEqual([1]);
});

test('google: a default is no refusal, regions only deny, other types do not count', async ({ page, server }) => {
  await open(page, server, google);
  expect(await after(page, [
    () => { window.followConsentMode(window.profile); window.shopper.says({ ad_storage: 'granted', ad_personalization: 'granted' }); },
    () => { window.shopper.defaults({ functionality_storage: 'granted', region: ['US'] }); },
    () => { window.shopper.defaults({ functionality_storage: 'granted', analytics_storage: 'denied' }); }, // no other is named
    () => { window.shopper.defaults({ personalization_storage: 'denied', region: ['DE'] }); },
    () => { window.shopper.says({ analytics_storage: 'granted', personalization_storage: 'granted' }); },
    () => { window.shopper.says({ analytics_storage: 'denied' }); },
  ])).toEqual(['pending', 'pending', 'ready rank', 'ready rank', 'ready rank reports', 'ready rank']);
});

test('google: the default of the next page does not erase what was granted before', async ({ page, server }) => {
  await open(page, server, google);
  await after(page, [TOOLS.google.follow, TOOLS.google.agrees]);
  await open(page, server, google);
  expect(await after(page, [TOOLS.google.follow, TOOLS.google.agrees])).toEqual(['pending', 'ready rank reports']);
  expect(await page.evaluate(() => window.profile.state().interactions)).toBe(2);
});

test('shopify: an earlier answer holds, and where none is needed none is waited for', async ({ page, server }) => {
  const state = async (answers, mustAsk) => {
    await open(page, server, shopify);
    await page.evaluate(([known, must]) => { window.shopper.before(known, must); }, [answers, mustAsk]);
    return (await after(page, [TOOLS.shopify.follow])).at(-1);
  };
  expect(await state({}, true)).toBe('pending');
  expect(await state({}, false)).toBe('ready rank reports');
  expect(await state({ preferences: 'yes', analytics: 'no' }, true)).toBe('ready rank');
  expect(await state({ preferences: 'no', analytics: 'yes' }, true)).toBe('refused');
  await page.evaluate(() => { delete window.Shopify; });
  expect(await after(page, [TOOLS.shopify.follow])).toEqual(['refused']);
});
