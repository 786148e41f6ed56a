import { HomebodyError, guarded } from './errors.js';
import { Core } from './homebody.js';
import { fetchBundle, loadWasm } from './load.js';
import { askBattery, idle, sparing } from './manners.js';
import { facade } from './profile.js';
import { want } from './reports.js';
import type { Kind, Options, Profile } from './types.js';

/** Opens the shopper's profile; wasm and factors download side by side. */
export async function openProfile(options: Options): Promise<Profile> {
  if (typeof document === 'undefined' && !('DedicatedWorkerGlobalScope' in globalThis)) {
    throw new HomebodyError('no-browser', 'a profile lives in a browser: open it on the client, not while rendering on a server');
  }
  const { factors, head } = options;
  const [bundle] = await Promise.all([fetchBundle(head ?? factors), loadWasm(options.wasm)]);
  const database = options.database ?? 'homebody';
  const core = guarded(() => new Core(bundle, database, options.encryption !== false));
  for (const [kind, { label, weight }] of Object.entries(options.signals ?? {}) as [Kind, { label: number; weight: number }][]) {
    guarded(() => { core.signal(kind, label, weight); });
  }
  for (const name of options.sensitive ?? []) guarded(() => { core.markSensitive(name); });
  guarded(() => { want(core, options); });
  // After the head, so that the two do not share the line.
  if (head !== undefined) core.markHead();
  const profile = facade(core, options, database, head === undefined ? undefined : () => fetchBundle(factors, 'no-cache'));
  if (options.consent !== undefined && options.consent !== 'pending') await profile.setConsent(options.consent);
  void askBattery().then(async () => {
    if (head !== undefined || factors instanceof Uint8Array || sparing() !== undefined) return;
    await idle();
    // What the cache had may be old. A failure is no news: the next visit asks again.
    await profile.refresh().catch(() => undefined);
  });
  return profile;
}
