import type { ReasonItem } from './homebody.js';
import type { Kind, Reason } from './types.js';

/** "because you … Cheddar". */
const DEEDS: Readonly<Record<Kind, string>> = {
  impression: 'saw', view: 'viewed', click: 'chose', search: 'searched for', cart: 'put into your cart',
  uncart: 'took out of your cart', wish: 'wished for', purchase: 'bought', payment: 'paid for',
  delivery: 'received', refund: 'sent back', rate: 'rated',
};

function isKind(name: string): name is Kind {
  return name in DEEDS;
}

/** What was done, in words: "you put Cheddar into your cart". */
export function deed(kind: Kind, name: string): string {
  const verb = DEEDS[kind];
  // "put into your cart Cheddar" would be no English.
  const [first, ...rest] = verb.split(' into your cart');
  return rest.length > 0 ? `you put ${name} into your cart` : `you ${first ?? verb} ${name}`;
}

/** A reason of the core, in words. */
export function inWords({ because, item, at, contribution }: ReasonItem, nameOf: (id: string) => string): Reason {
  if (because === 'asked') return { text: 'because you asked for more like it', because, contribution };
  if (!isKind(because) || item === undefined || at === undefined) {
    return { text: 'popular in this shop', because: 'popular', contribution };
  }
  return { text: `because ${deed(because, nameOf(item))}`, because, item, at, contribution };
}
