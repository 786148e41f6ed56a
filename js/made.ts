import { guarded } from './errors.js';
import type { Core } from './homebody.js';
import { want } from './reports.js';
import type { Kind, Options } from './types.js';

/** A module's `Core`, told what the shop wants. */
export function made<C extends Core>(Module: new (bundle: Uint8Array, database: string, encrypted: boolean) => C, bundle: Uint8Array, options: Options): C {
  const core = guarded(() => new Module(bundle, databaseOf(options), options.encryption !== false));
  for (const [kind, { label, weight }] of Object.entries(options.signals ?? {}) as [Kind, { label: number; weight: number }][]) {
    guarded(() => { core.signal(kind, label, weight); });
  }
  for (const name of options.sensitive ?? []) guarded(() => { core.markSensitive(name); });
  guarded(() => { want(core, options); });
  return core;
}

export const databaseOf = (options: Options): string => options.database ?? 'homebody';
