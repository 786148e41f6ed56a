import { loadFull } from './load.js';
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
  return (bundle) => {
    const now = profile.now();
    if ('tell' in now) return Promise.resolve(now as FullTab); // it is there
    return (coming ??= loadFull(options.fullWasm)
      .then(({ grow }) => grow(options, profile, bundle))
      .finally(() => { coming = undefined; }));
  };
}
