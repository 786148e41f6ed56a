import type { Stop } from '../types.js';
import { following } from './follow.js';
import type { Asked, FollowOptions } from './follow.js';

export type { Asked, FollowOptions } from './follow.js';

type Answers = Readonly<Record<string, unknown>>;

/**
 * Follows Google's Consent Mode v2: the commands `gtag('consent', 'default' | 'update', …)` in `dataLayer`, those
 * that are there and those that come.
 *
 * - `profile` and `rank`: `personalization_storage`; where no command names it, `functionality_storage`
 * - `reports`: `analytics_storage`
 * - the `ad_…` types are not looked at: nothing here is advertising
 *
 * A default that denies is no answer yet: the profile stays pending and nothing is erased. One for some regions
 * only counts as far as it denies, since nobody here knows where the shopper is.
 */
export function followConsentMode(profile: Asked, options: FollowOptions = {}): Stop {
  const layer: unknown[] = dataLayer();
  const defaults = new Map<string, boolean>();
  const updates = new Map<string, boolean>();
  const follow = following(profile, options, () => undefined);

  const read = (entry: unknown): boolean => {
    const [command, action, answers] = isList(entry) ? Array.from(entry) : [];
    if (command !== 'consent' || typeof answers !== 'object' || answers === null) return false;
    const local = 'region' in answers;
    for (const [type, answer] of Object.entries(answers as Answers)) {
      if (answer !== 'granted' && answer !== 'denied') continue;
      if (action === 'update') updates.set(type, answer === 'granted');
      else if (answer === 'denied') defaults.set(type, false);
      else if (!local && !defaults.has(type)) defaults.set(type, true);
    }
    return true;
  };

  const tell = (): void => {
    const said = (type: string): boolean | undefined => updates.get(type) ?? (defaults.get(type) === true ? true : undefined);
    const known = (type: string): boolean => updates.has(type) || defaults.has(type);
    const kept = said(known('personalization_storage') ? 'personalization_storage' : 'functionality_storage');
    if (kept !== undefined) follow.tell({ profile: kept, rank: kept, reports: kept && said('analytics_storage') === true });
  };

  if (layer.map(read).includes(true)) tell();
  // The tag manager hears of entries in the same way; what wraps this wrapper later goes on after a stop.
  const push = layer.push.bind(layer);
  layer.push = (...entries) => {
    const length = push(...entries);
    if (!follow.stopped && entries.map(read).includes(true)) tell();
    return length;
  };
  return follow.stop;
}

/** `gtag` pushes its `arguments`, which are no array. */
function isList(entry: unknown): entry is ArrayLike<unknown> {
  return typeof entry === 'object' && entry !== null && 'length' in entry;
}

function dataLayer(): unknown[] {
  const there: unknown = Reflect.get(globalThis, 'dataLayer');
  if (Array.isArray(there)) return there;
  const layer: unknown[] = [];
  Reflect.set(globalThis, 'dataLayer', layer);
  return layer;
}
