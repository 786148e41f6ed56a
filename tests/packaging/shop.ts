// A shop's view of the types: this file is only compiled. What must be refused says so.

import { HomebodyError, openProfile } from 'homebody';
import type { Profile, Recommendation, Refusal } from 'homebody';

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

export function code(error: unknown): string | undefined {
  return error instanceof HomebodyError ? error.code : undefined;
}
