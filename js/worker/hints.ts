import { askBattery, globalPrivacyControl, saveData } from '../manners.js';
import type { Hints } from './calls.js';

/** Tells what the browser says of the shopper and the machine: now, and when it may say something else. */
export function watchHints(tell: (hints: Hints) => void): () => void {
  const stopped = new AbortController();
  let battery: Hints['battery'];
  const now = (): void => { tell({ gpc: globalPrivacyControl(), saveData: saveData(), battery }); };
  // No event says that Global Privacy Control was switched on: but from where that is done one comes back to the page.
  for (const [where, moment] of [[document, 'visibilitychange'], [window, 'focus']] as const) {
    where.addEventListener(moment, now, stopped);
  }
  now();
  void askBattery().then((one) => {
    const changed = (): void => {
      battery = one === undefined ? { charging: true, level: 1 } : { charging: one.charging, level: one.level };
      if (!stopped.signal.aborted) now();
    };
    for (const moment of ['chargingchange', 'levelchange']) one?.addEventListener?.(moment, changed, stopped);
    changed();
  });
  return () => { stopped.abort(); };
}
