// A shop's view of the types: this file is only compiled. What must be refused says so.

import { HomebodyError, openProfile } from 'homebody';
import type { Profile, ProfileExport, Recommendation, Refusal } from 'homebody';
import { HomebodyInspector } from 'homebody/inspector';

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
