import { guarded, promised } from './errors.js';
import type { Core } from './homebody.js';
import type { Core as Full } from './homebody_full.js';
import { fetchBundle, loadFull } from './load.js';
import { made } from './made.js';
import type { Options } from './types.js';

/** What the change of modules asks of the profile. */
export interface Growing {
  now(): Core;
  /** Where the bundle in use came from. */
  bundle(): Options['factors'];
  asHead(): boolean;
  refused(): boolean;
  queue<T>(work: () => Promise<T>): Promise<T>;
  take(next: Full): void;
}

/** Changes to the full module, once: it opens the store beside the core, and takes over what the core alone holds. It reads the
 * bundle anew, or another one that is given. */
export function fullModule(options: Options, profile: Growing): (bundle?: Uint8Array) => Promise<Full> {
  let coming: Promise<Full> | undefined;

  const grow = async (given?: Uint8Array): Promise<Full> => {
    const source = given ?? profile.bundle();
    const [bundle, Module] = await Promise.all([fetchBundle(source), loadFull(options.fullWasm)]);
    // In the queue, so that the store is at rest.
    const grown = await profile.queue(async () => {
      // The whole bundle has taken the head's place meanwhile.
      if (given === undefined && profile.bundle() !== source) return undefined;
      const before = profile.now();
      const next = made(Module, bundle, options);
      if (given === undefined && profile.asHead()) next.markHead();
      const status = before.status();
      if (status === 'ready' || status === 'memory-only') await promised(next.grant());
      if (status === 'closed') await promised(next.close(Date.now()));
      // In the same moment; what was refused meanwhile stays so.
      if (profile.refused()) next.withdraw();
      guarded(() => { next.takeFrom(before.handOver()); });
      profile.take(next);
      before.free();
      return next;
    });
    return grown ?? grow();
  };

  return (bundle) => {
    const now = profile.now();
    if ('explain' in now) return Promise.resolve(now as Full); // it is there
    return (coming ??= grow(bundle).finally(() => { coming = undefined; }));
  };
}
