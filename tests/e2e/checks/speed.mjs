// How long one `record` and one `recommend` take in the page. The page's clock ticks in steps of about
// 0.1 ms, so batches of ten calls are timed and the median is that of their means.
import { choose, enter, saved } from '../lib/shopper.mjs';

const CALLS = 1000;
const BATCH = 10;
const ROUNDS = 200;

export async function speed({ base, expect, stranger }) {
  const page = await stranger();
  await enter(page, base, '#/cart'); // a page without lists: only the calls are measured
  await choose(page, 'device');
  const { record, recommend, refused, items, tick } = await page.evaluate(measure, { calls: CALLS, batch: BATCH });
  await saved(page);
  const text = (ms) => `${ms < 0.1 ? ms.toFixed(3) : ms.toFixed(2)} ms`;
  const how = `median over ${CALLS.toLocaleString('en-US')} calls, in batches of ${BATCH};`
    + ` ${items.toLocaleString('en-US')} items; the page's clock ticks every ${text(tick)}`;
  expect(refused === 0 && Number.isFinite(record), `record takes ${text(record)} (${how}; storing goes on afterwards)`);
  expect(Number.isFinite(recommend), `recommend({ limit: 12 }) with its reasons takes ${text(recommend)} (${how})`);
  const [sealed, bare] = await page.evaluate(storing, { rounds: ROUNDS });
  expect(sealed > 0 && bare > 0, `until an interaction is stored it takes ${text(sealed)}, without encryption ${text(bare)} (median of ${ROUNDS})`);
  await page.context().close();
}

/** Runs in the page: from `record` until it is on the disk, one at a time, with and without encryption by turns. */
async function storing({ rounds }) {
  const { openProfile } = await import('/pkg/index.js');
  const { ids } = window.homebodyDemo.catalogue;
  const open = (encryption) => openProfile({
    factors: 'shop/factors.safetensors', consent: { profile: true, reports: false }, database: `speed-${encryption}`, encryption,
  });
  const profiles = [await open(true), await open(false)];
  const times = [[], []];
  for (let i = 0; i < rounds; i += 1) {
    for (const [place, profile] of profiles.entries()) {
      const start = performance.now();
      profile.record('click', ids[(i * 7) % ids.length]);
      await profile.saved();
      times[place].push(performance.now() - start);
    }
  }
  return times.map((all) => all.sort((a, b) => a - b)[Math.floor(rounds / 2)]);
}

/** Runs in the page. */
function measure({ calls, batch }) {
  const { profile, catalogue, ordinary: ids } = window.homebodyDemo; // of what is sensitive nothing is recorded
  let refused = 0;
  const median = (call) => {
    const means = [];
    for (let done = 0; done < calls; done += batch) {
      const start = performance.now();
      for (let i = done; i < done + batch; i += 1) call(i);
      means.push((performance.now() - start) / batch);
    }
    return means.sort((a, b) => a - b)[Math.floor(means.length / 2)];
  };
  const record = median((i) => { if (profile.record('click', ids[(i * 7) % ids.length])) refused += 1; });
  const recommend = median(() => profile.recommend({ limit: 12 }));

  const start = performance.now();
  let now = start;
  while (now === start) now = performance.now();
  return { record, recommend, refused, items: catalogue.ids.length, tick: now - start };
}
