import type { Stop } from '../types.js';
import { following } from './follow.js';
import type { Asked, FollowOptions } from './follow.js';

export type { Asked, FollowOptions } from './follow.js';

/** As much of `Shopify.customerPrivacy` as is read. */
interface CustomerPrivacy {
  preferencesProcessingAllowed(): boolean;
  analyticsProcessingAllowed(): boolean;
  /** 'yes', 'no', or '' before an answer. */
  currentVisitorConsent(): { readonly preferences?: string };
}

interface Shopify {
  readonly customerPrivacy?: CustomerPrivacy;
  loadFeatures?(features: readonly { name: string; version: string }[], done: (error?: unknown) => void): void;
}

/** The detail of the event `visitorConsentCollected`. */
interface Collected {
  readonly preferencesAllowed?: boolean;
  readonly analyticsAllowed?: boolean;
}

const COLLECTED = 'visitorConsentCollected';

/**
 * Follows Shopify's customer privacy API, which it loads where the theme has not; without one nothing is granted.
 *
 * - `profile` and `rank`: preferences
 * - `reports`: analytics
 * - marketing and the sale of data are not looked at
 *
 * Where the shop must ask and nobody has answered, the profile stays pending.
 */
export function followShopify(profile: Asked, options: FollowOptions = {}): Stop {
  const heard = (event: Event): void => {
    const { preferencesAllowed = false, analyticsAllowed = false } = ((event as CustomEvent<Collected | null>).detail ?? {});
    tell(preferencesAllowed, analyticsAllowed);
  };
  const follow = following(profile, options, () => { document.removeEventListener(COLLECTED, heard); });
  const tell = (kept: boolean, measured: boolean): void => { follow.tell({ profile: kept, rank: kept, reports: kept && measured }); };

  document.addEventListener(COLLECTED, heard);
  const look = (): void => {
    const privacy = shopify()?.customerPrivacy;
    if (privacy === undefined) return;
    const kept = privacy.preferencesProcessingAllowed();
    if (kept || privacy.currentVisitorConsent().preferences === 'no') tell(kept, privacy.analyticsProcessingAllowed());
  };
  if (shopify()?.customerPrivacy !== undefined) look();
  else shopify()?.loadFeatures?.([{ name: 'consent-tracking-api', version: '0.1' }], (error) => { if (!error) look(); });
  return follow.stop;
}

function shopify(): Shopify | undefined {
  return Reflect.get(globalThis, 'Shopify') as Shopify | undefined;
}
