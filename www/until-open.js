// What stands in until the profile is open: the shop as it is for everybody, at once. What the visitor does meanwhile
// waits, with its time, and is learnt then. No profile ranked what it was chosen from, so that is not said of it.
import { popularOnly } from './popular.js';

/** @param {import('./catalogue.js').Catalogue} catalogue */
export function untilOpen(catalogue) {
  const popular = popularOnly(catalogue);
  const waiting = [];
  const wait = (verb) => async (...args) => { waiting.push((profile) => profile[verb](...args)); };
  const record = (kind, item, details) => {
    const then = { ...details, at: Date.now(), recommended: false, arm: undefined };
    waiting.push((profile) => profile.record(kind, item, then));
  };

  return {
    ...popular,
    record,
    correct: wait('correct'),
    setConsent: wait('setConsent'),
    /** Clicks alone: whether a tile was seen is a question of seconds, and is asked once the profile is open. */
    observe(root) {
      const clicked = ({ target }) => {
        const link = target.closest('[data-item]');
        if (link) record('click', link.dataset.item);
      };
      root.addEventListener('click', clicked);
      return () => root.removeEventListener('click', clicked);
    },
    state: () => ({ ...popular.state(), status: 'opening' }),
    /** In their order. */
    handOver: (profile) => Promise.allSettled(waiting.splice(0).map((act) => act(profile))),
  };
}
