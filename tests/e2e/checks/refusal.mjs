// A whole visit by a shopper who refused: nothing is stored, nothing leaves but the asking for files.
import { complaints, ownFiles, watch } from '../lib/network.mjs';
import { choose, enter, firstIds, go, shop } from '../lib/shopper.mjs';
import { inWords, storageOf } from '../lib/storage.mjs';

const LONGER_THAN_A_REPORT_WAITS = 8_000;

export async function refusal({ base, expect, stranger }) {
  const page = await stranger();
  const network = await watch(page);
  await enter(page, base);
  await choose(page, 'none');
  const files = network.requests().length;
  await shop(page, await firstIds(page, 2));
  await page.getByRole('link', { name: 'Go to checkout' }).click();
  await page.getByRole('button', { name: 'Order and pay' }).click();
  for (const hash of ['#/search/milk', '#/profile', '#/']) await go(page, hash);
  await page.waitForTimeout(LONGER_THAN_A_REPORT_WAITS);

  const kept = inWords(await storageOf(page));
  expect(kept === 'nothing', `with consent refused ${kept} is stored: no database, no localStorage, sessionStorage, cache, file or cookie`);
  const later = network.requests().slice(files);
  const wrong = complaints(network.requests(), { files: ownFiles(), base, ledger: [], departments: 0 });
  expect(wrong.length === 0 && later.length === 0, later.length === 0
    ? `with consent refused nothing leaves: a whole visit made no request after the ${files} for the shop's own files`
    : `with consent refused something left: ${[...wrong, ...later.map(({ method, url }) => `${method} ${url}`)].join('; ')}`);
  await page.context().close();
}
