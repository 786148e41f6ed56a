import { HomebodyError } from './errors.js';
import type { Consent, Grants } from './types.js';

/** What a choice grants, with all that it leaves open: without a profile nothing, with one the ranking. */
export function granted({ profile, reports, rank, segments }: Consent): Grants {
  const kept = profile === true;
  return { profile: kept, rank: kept && rank !== false, segments: kept && segments === true, reports: kept && reports === true };
}

/** What two choices grant both: what one tab is refused, the others stop, too. */
export function both(one: Grants, other: Grants): Grants {
  return {
    profile: one.profile && other.profile, rank: one.rank && other.rank,
    segments: one.segments && other.segments, reports: one.reports && other.reports,
  };
}

export const NOTHING: Grants = { profile: false, rank: false, segments: false, reports: false };

export function same(one: Grants, other: Grants): boolean {
  return (Object.keys(one) as (keyof Grants)[]).every((grant) => one[grant] === other[grant]);
}

/** The error of a call whose purpose was not granted. */
export function noGrant(call: string, grant: keyof Grants): HomebodyError {
  return new HomebodyError('no-grant', `${call}() needs the grant '${grant}', which the shopper has not given: ask for it, then call `
    + `setConsent({ profile: true, reports: …, ${grant}: true })`);
}
