import type { Consent, Profile, Stop } from '../types.js';

/** What is told the answers: a profile, on the page or in a worker. */
export type Asked = Pick<Profile, 'setConsent'>;

/** What an adapter works with: it tells the profile each answer of the shopper, until it is stopped. */
export interface Following {
  tell(consent: Consent): void;
  readonly stopped: boolean;
  readonly stop: Stop;
}

/** What adapters have in common to say. */
export interface FollowOptions {
  /** Grant `segments`, too, wherever the profile is granted (default false). */
  readonly segments?: boolean;
}

export function following(profile: Asked, { segments = false }: FollowOptions, undo: Stop): Following {
  let stopped = false;
  return {
    tell: (consent) => {
      // A store that fails is no reason to stop listening; the page hears of it.
      if (!stopped) profile.setConsent(segments && consent.rank !== false ? { ...consent, segments } : consent).catch(reportError);
    },
    get stopped() { return stopped; },
    stop: () => {
      stopped = true;
      undo();
    },
  };
}
