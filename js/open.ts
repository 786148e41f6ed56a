import { HomebodyError, guarded } from './errors.js';
import { Core } from './homebody.js';
import { fetchBundle, loadWasm } from './load.js';
import { facade } from './profile.js';
import { want } from './reports.js';
import type { Kind, Options, Profile } from './types.js';

/** Opens the shopper's profile; wasm and factors download side by side. */
export async function openProfile(options: Options): Promise<Profile> {
  if (typeof document === 'undefined') {
    throw new HomebodyError('no-browser', 'a profile lives in a browser: open it on the client, not while rendering on a server');
  }
  const [bundle] = await Promise.all([fetchBundle(options.factors), loadWasm(options.wasm)]);
  const database = options.database ?? 'homebody';
  const core = guarded(() => new Core(bundle, database));
  for (const [kind, { label, weight }] of Object.entries(options.signals ?? {}) as [Kind, { label: number; weight: number }][]) {
    guarded(() => { core.signal(kind, label, weight); });
  }
  guarded(() => { want(core, options); });
  const profile = facade(core, options, database);
  if (options.consent !== undefined && options.consent !== 'pending') await profile.setConsent(options.consent);
  return profile;
}
