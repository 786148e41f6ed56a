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

/** A reason of the core, in words. */
export function inWords({ because, item, at, contribution }: ReasonItem, nameOf: (id: string) => string): Reason {
  if (!isKind(because) || item === undefined || at === undefined) {
    return { text: 'popular in this shop', because: 'popular', contribution };
  }
  const verb = DEEDS[because];
  // "put into your cart Cheddar" would be no English.
  const [first, ...rest] = verb.split(' into your cart');
  const text = rest.length > 0 ? `because you put ${nameOf(item)} into your cart` : `because you ${first ?? verb} ${nameOf(item)}`;
  return { text, because, item, at, contribution };
}
