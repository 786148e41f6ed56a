import type { ProfileState } from './types.js';

interface Hints {
  readonly connection?: { readonly saveData?: boolean };
  getBattery?(): Promise<{ readonly charging: boolean; readonly level: number }>;
}

/** Below this share of its charge a battery is spared. */
const LOW = 0.2;
/** A page that is never idle still gets its work done. */
const AT_LAST = 10_000;

let low = false;

/** Asks for the battery, where the browser tells; `sparing` knows it from then on. */
export async function askBattery(): Promise<void> {
  const battery = await (navigator as Hints).getBattery?.().catch(() => undefined);
  low = battery !== undefined && !battery.charging && battery.level <= LOW;
}

/** Why less should be done than could be. */
export function sparing(): ProfileState['sparing'] {
  if ((navigator as Hints).connection?.saveData === true) return 'save-data';
  return low ? 'battery' : undefined;
}

/** When the page has nothing better to do. */
export function whenIdle(work: () => void): void {
  if (typeof requestIdleCallback === 'function') requestIdleCallback(work, { timeout: AT_LAST });
  else setTimeout(work, AT_LAST / 5); // Safari
}
