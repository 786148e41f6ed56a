import type { ProfileState } from './types.js';

interface Battery extends Partial<EventTarget> {
  readonly charging: boolean;
  readonly level: number;
}

/** What browsers tell beyond the types. */
interface Hints {
  readonly globalPrivacyControl?: boolean;
  readonly connection?: { readonly saveData?: boolean };
  getBattery?(): Promise<Battery | undefined>;
}

/** Below this share of its charge a battery is spared. */
const LOW = 0.2;
/** A page that is never idle still gets its work done. */
const AT_LAST = 10_000;

const told = (): Hints => navigator as Hints;

let battery: Battery | undefined;

/** Asks for the battery, where the browser tells: what it gives keeps up with the charge. */
export async function askBattery(): Promise<Battery | undefined> {
  return (battery ??= await told().getBattery?.().catch(() => undefined));
}

/** Global Privacy Control, as the browser says it. */
export const globalPrivacyControl = (): boolean => told().globalPrivacyControl === true;

/** The shopper asks for little data. */
export const saveData = (): boolean => told().connection?.saveData === true;

/** Why less should be done than could be. */
export function sparing(): ProfileState['sparing'] {
  if (saveData()) return 'save-data';
  return battery !== undefined && !battery.charging && battery.level <= LOW ? 'battery' : undefined;
}

/** Resolves when the page has nothing better to do. */
export function idle(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof requestIdleCallback === 'function') requestIdleCallback(() => { resolve(); }, { timeout: AT_LAST });
    else setTimeout(resolve, AT_LAST / 5); // Safari, and workers
  });
}
