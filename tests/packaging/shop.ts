// A shop's view of the types: this file is only compiled. What must be refused says so.

import { HomebodyError, openProfile } from 'homebody';
import type { Profile, ProfileExport, Recommendation, Refusal } from 'homebody';
import { followTcf } from 'homebody/consent/tcf';
import { HomebodyInspector } from 'homebody/inspector';
import { openProfile as openInWorker } from 'homebody/worker';
import type { WorkerProfile } from 'homebody/worker';

export async function shop(main: HTMLElement): Promise<readonly Recommendation[]> {
  const profile: Profile = await openProfile({
    factors: '/factors.safetensors',
    consent: { profile: true, reports: false },
  });
  const stop = profile.observe(main);
  const refusal: Refusal | undefined = profile.record('cart', 'sku-1', { price: 2.5, quantity: 2 });
  // @ts-expect-error: a kind that does not exist
  profile.record('bought', 'sku-1');
  // @ts-expect-error: ids are strings
  profile.record('view', 1);

  profile.subscribe(() => undefined)();
  stop();
  if (refusal === undefined) await profile.saved();
  const list = profile.recommend({ limit: 12, list: 'for-you' });
  // @ts-expect-error: lists are read-only
  list.push(list[0]!);
  return list;
}

export async function putRight(profile: Profile, kept: ProfileExport): Promise<number> {
  const element: HomebodyInspector = document.createElement('homebody-inspector');
  element.profile = profile;
  element.tab = 'why';
  await profile.correct({ category: 'Dairy > Cheese', as: 'lock' });
  // @ts-expect-error: of an item or of a category, not of both
  await profile.correct({ item: 'sku-1', category: 'Dairy', as: 'more' });
  // @ts-expect-error: a wish that does not exist
  await profile.correct({ item: 'sku-1', as: 'adore' });
  const undone = await profile.undo();
  if (undone?.what === 'interaction') await profile.forget({ item: undone.item, kind: undone.kind });
  return profile.import(kept);
}

export function code(error: unknown): string | undefined {
  return error instanceof HomebodyError ? error.code : undefined;
}

export async function inWorker(main: HTMLElement): Promise<readonly Recommendation[]> {
  const profile: WorkerProfile = await openInWorker({ factors: '/factors.safetensors', worker: new URL('/homebody/worker-script.js', document.baseURI) });
  // @ts-expect-error: an option that does not exist
  await openInWorker({ factors: '/factors.safetensors', workers: 2 });
  followTcf(profile)();
  profile.observe(main)();
  profile.subscribe(() => undefined)();
  const name: string = profile.nameOf('sku-1');
  const refusal: Refusal | undefined = await profile.record('cart', name, { price: 2.5 });
  // @ts-expect-error: a kind that does not exist
  await profile.record('bought', 'sku-1');
  // @ts-expect-error: what is synchronous on the page is promised
  profile.recommend().length;
  const kept: ProfileExport = await profile.export();
  if (refusal === undefined) await profile.import(kept, { merge: true });
  await profile.close();
  return profile.recommend({ limit: 12 });
}
