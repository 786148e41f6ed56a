// The shopper's choice, and the shop's memory of it. A refusal is not stored, since nothing may be
// stored about somebody who refused: the next visit asks again.

const KEY = 'shop-consent';

export const CHOICES = {
  all: { profile: true, reports: true },
  device: { profile: true, reports: false },
  none: { profile: false, reports: false },
};

/** @returns {'all' | 'device' | undefined} */
export function savedChoice() {
  const choice = attempt(() => localStorage.getItem(KEY));
  return choice === 'all' || choice === 'device' ? choice : undefined;
}

/** @param {keyof typeof CHOICES | undefined} choice */
export function saveChoice(choice) {
  const kept = choice !== undefined && CHOICES[choice].profile;
  attempt(() => (kept ? localStorage.setItem(KEY, choice) : localStorage.removeItem(KEY)));
}

/** Calls back when another tab of this shop chose, or erased everything. */
export function onChoiceElsewhere(listener) {
  addEventListener('storage', (event) => {
    if (event.storageArea === localStorage && (event.key === KEY || event.key === null)) listener(savedChoice());
  });
}

/** Storage can be switched off in a browser; the shop then asks at every visit. */
function attempt(action) {
  try {
    return action();
  } catch {
    return undefined;
  }
}
