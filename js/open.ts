import { HomebodyError } from './errors.js';
import { isMixed } from './header.js';
import { fetchBundle, loadCore, openerOfFull } from './load.js';
import type { Opener } from './load.js';
import { askBattery, idle, sparing } from './manners.js';
import { facade } from './profile.js';
import type { Options, Profile } from './types.js';

/** Opens the shopper's profile; wasm and factors download side by side. */
export async function openProfile(options: Options): Promise<Profile> {
  if (typeof document === 'undefined' && !('DedicatedWorkerGlobalScope' in globalThis)) {
    throw new HomebodyError('no-browser', 'a profile lives in a browser: open it on the client, not while rendering on a server');
  }
  const { factors, head } = options;
  const [bundle, opener] = await bundleAndModule(head ?? factors, options);
  const tab = opener(bundle, options);
  // After the head, so that the two do not share the line.
  if (head !== undefined) tab.core.markHead();
  const profile = facade(tab, options, head === undefined ? undefined : () => fetchBundle(factors, 'no-cache'));
  if (options.consent !== undefined && options.consent !== 'pending') await profile.setConsent(options.consent);
  void askBattery().then(async () => {
    if (head !== undefined || factors instanceof Uint8Array || sparing() !== undefined) return;
    await idle();
    // What the cache had may be old. A failure is no news: the next visit asks again.
    await profile.refresh().catch(() => undefined);
  });
  return profile;
}

/** Both at once. Which module it is, the bundle's beginning tells; until then it is taken for the core. */
async function bundleAndModule(source: Options['factors'], options: Options): Promise<[Uint8Array, Opener]> {
  const known = options.full === true || (source instanceof Uint8Array && isMixed(source));
  let module: Promise<Opener> = known ? openerOfFull(options.fullWasm) : loadCore(options.wasm);
  module.catch(() => undefined); // it is awaited below
  const begun = (start: Uint8Array): void => {
    if (known || !isMixed(start)) return;
    module = openerOfFull(options.fullWasm, true);
    module.catch(() => undefined);
  };
  const bundle = await fetchBundle(source, 'force-cache', known ? undefined : begun);
  begun(bundle);
  return [bundle, await module];
}
