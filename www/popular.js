// What stands in where the profile cannot be opened (WebAssembly is blocked, the bundle is broken):
// the same verbs over the catalogue's own order, which is falling popularity. It learns and keeps nothing.

const POPULAR = { text: 'popular in this shop', because: 'popular', contribution: 0 };

/** @param {import('./catalogue.js').Catalogue} catalogue */
export function popularOnly(catalogue) {
  const shown = (ids) => ids.map((id, place) => ({ id, score: -place, reasons: [POPULAR] }));
  const byPopularity = (ids) => [...ids].sort((a, b) => catalogue.places.get(a) - catalogue.places.get(b));

  return {
    record: () => 'no-consent',
    observe: () => () => {},
    subscribe: () => () => {},
    arm: () => 'personal',
    recommend({ limit = 12, list = 'for-you', category, exclude = [] } = {}) {
      if (list === 'buy-again') return [];
      const ids = category ? catalogue.within(category) : catalogue.ids;
      return shown(ids.filter((id) => !exclude.includes(id)).slice(0, limit));
    },
    rank: (ids) => shown(byPopularity(ids.filter((id) => catalogue.has(id)))),
    similar(id, { limit = 12, exclude = [] } = {}) {
      const { category } = catalogue.item(id);
      return shown(catalogue.within(category).filter((other) => other !== id && !exclude.includes(other)).slice(0, limit));
    },
    explain: (id) => ({ id, position: catalogue.places.get(id) + 1, score: 0, reasons: [] }),
    taste: () => [],
    sensitive: () => [],
    lastStep: () => undefined,
    ledger: async () => [],
    export: async () => undefined,
    erase: async () => undefined,
    correct: async () => {},
    setConsent: async () => {},
    pause() {},
    saved: async () => {},
    close() {},
    state: () => ({ status: 'closed', paused: false, grants: {}, interactions: 0, refused: {}, gpc: false }),
  };
}
