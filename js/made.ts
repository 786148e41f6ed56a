import { guarded } from './errors.js';
import { asKind } from './given.js';
import { listed } from './header.js';
import type { Core } from './homebody.js';
import { want } from './reports.js';
import { tabOf } from './store/tab.js';
import type { Tab } from './store/tab.js';
import type { Kind, Options } from './types.js';

/** A module's `Core`, told what the shop wants. */
export function made<C extends Core>(Module: new (bundle: Uint8Array, texts: Uint8Array, numbers: Float64Array) => C, bundle: Uint8Array, options: Options): C {
  const core = guarded(() => new Module(bundle, ...listed(bundle)));
  for (const [kind, { label, weight }] of Object.entries(options.signals ?? {}) as [Kind, { label: number; weight: number }][]) {
    guarded(() => { core.signal(asKind(kind), label, weight); });
  }
  for (const name of options.sensitive ?? []) guarded(() => { core.markSensitive(name); });
  guarded(() => { want(core, options); });
  return core;
}

/** The same with its store. */
export const stored = <C extends Core>(core: C, options: Options): Tab<C> => tabOf(core, databaseOf(options), options.encryption !== false);

export const databaseOf = (options: Options): string => options.database ?? 'homebody';
