import type { Change, Explanation, Reason, Recommendation } from '../types.js';
import { deed, inWords } from '../words.js';
import type { Verb } from './calls.js';

/** A function cannot be sent to a worker, so names are put into its words here. */
export function named(nameOf: (id: string) => string): (verb: Verb, value: unknown) => unknown {
  const reason = <Kept extends Reason>(one: Kept): Kept => (one.item === undefined ? one : {
    ...one, text: inWords(one.because, one.contribution, one.item, one.at, nameOf).text,
  });
  const item = <Kept extends Recommendation | Explanation>(one: Kept): Kept => ({ ...one, reasons: one.reasons.map(reason) });
  return (verb, value) => {
    switch (verb) {
      case 'recommend':
      case 'rank':
      case 'similar':
        return (value as readonly Recommendation[]).map(item);
      case 'explain':
        return item(value as Explanation);
      case 'history':
        return (value as readonly Change[]).map((one) => ({ ...one, text: deed(one.kind, nameOf(one.item)) }));
      default:
        return value;
    }
  };
}
