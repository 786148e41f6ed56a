import { guarded } from './errors.js';
import type { Growing } from './full.js';
import { fetchBundle, openerOfFull } from './load.js';
import type { FullTab } from './store/rewrite.js';
import type { Options } from './types.js';

/** The full module's tab in place of the core's. */
export async function grow(options: Options, profile: Growing, given?: Uint8Array): Promise<FullTab> {
  const source = given ?? profile.bundle();
  const opener = await openerOfFull(options.fullWasm);
  const bundle = await fetchBundle(source);
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
  return grown ?? grow(options, profile);
}
