import { guarded } from './errors.js';
import { fetchBundle, openerOfFull } from './load.js';
import type { FullTab } from './store/rewrite.js';
import type { Tab } from './store/tab.js';
import type { Options } from './types.js';

/** What the change of modules asks of the profile. */
export interface Growing {
  now(): Tab;
  /** Where the bundle in use came from. */
  bundle(): Options['factors'];
  asHead(): boolean;
  refused(): boolean;
  queue<T>(work: () => Promise<T>): Promise<T>;
  take(next: FullTab): void;
}

/** Changes to the full module, once: it opens the store beside the core, and takes over what the core alone holds. It reads the
 * bundle anew, or another one that is given. */
export function fullModule(options: Options, profile: Growing): (bundle?: Uint8Array) => Promise<FullTab> {
  let coming: Promise<FullTab> | undefined;

  const grow = async (given?: Uint8Array): Promise<FullTab> => {
    const source = given ?? profile.bundle();
    const [bundle, opener] = await Promise.all([fetchBundle(source), openerOfFull(options.fullWasm)]);
    // In the queue, so that the store is at rest but for a report.
    const grown = await profile.queue(async () => {
      // The whole bundle has taken the head's place meanwhile.
      if (given === undefined && profile.bundle() !== source) return undefined;
      const before = profile.now();
      const next = opener(bundle, options) as FullTab;
      if (given === undefined && profile.asHead()) next.core.markHead();
      const status = before.core.status();
      if (status === 'ready' || status === 'memory-only') await next.grant();
      if (status === 'closed') await next.close(Date.now());
      // In the same moment; what was refused meanwhile stays so.
      if (profile.refused()) next.withdraw();
      guarded(() => { next.core.takeFrom(before.core.handOver()); });
      profile.take(next);
      // A report may still be on its way.
      void before.rest().then(() => {
        before.letGo();
        before.core.free();
      });
      return next;
    });
    return grown ?? grow();
  };

  return (bundle) => {
    const now = profile.now();
    if ('tell' in now) return Promise.resolve(now as FullTab); // it is there
    return (coming ??= grow(bundle).finally(() => { coming = undefined; }));
  };
}
