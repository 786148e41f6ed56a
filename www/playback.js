// A real household's year, played into a profile of its own: in memory, apart from the visitor's, without
// reports. Before each basket the profile says what it expects, then it learns the basket.

const LIST = 12;

/** All households at once: asking for one would tell the server which was chosen. */
export async function loadHouseholds() {
  const response = await fetch('shop/households.json', { credentials: 'omit' });
  if (response.status === 404) return undefined; // a shop of other data has none
  if (!response.ok) throw new Error(`the households' file answered ${response.status}`);
  return response.json();
}

export class Playback {
  /** How many baskets are learnt. */
  done = 0;
  hits = 0;
  popularHits = 0;
  /** Baskets by which hits were counted. */
  asked = 0;

  /** @param {import('../catalogue.js').Catalogue} catalogue @param {any} file @param {any} household */
  static async open(catalogue, file, household) {
    const { openProfile } = await import('./pkg/index.js');
    // What the browser has already is not asked for again.
    const response = await fetch('shop/factors.safetensors', { cache: 'force-cache', credentials: 'omit' });
    if (!response.ok) throw new Error(`the server answered ${response.status} for the factors`);
    const bundle = await response.arrayBuffer();
    const profile = await openProfile({
      factors: new Uint8Array(bundle),
      consent: 'pending', // memory only: nothing of it is stored, so nothing is left behind
      database: 'homebody-household',
      nameOf: (id) => catalogue.nameOf(id),
    });
    return new Playback(catalogue, file, household, profile);
  }

  constructor(catalogue, file, household, profile) {
    this.profile = profile;
    this.popular = catalogue.ids.slice(0, LIST);
    const baskets = household.baskets.map(([at, ...places]) => ({ at, ids: places.map((place) => file.ids[place]).filter((id) => catalogue.has(id)) }));
    /** Shifted as a whole, so that the last basket is today's: the profile forgets by the clock. */
    const shift = Date.now() - baskets.at(-1).at;
    this.baskets = baskets.filter(({ ids }) => ids.length > 0).map(({ at, ids }) => ({ at: at + shift, real: at, ids }));
  }

  /** The last basket is for the prediction. */
  get atEnd() {
    return this.done >= this.baskets.length - 1;
  }

  get next() {
    return this.baskets[this.done];
  }

  /** What is expected of the next basket, as of its time. */
  expected(options = {}) {
    return this.profile.recommend({ limit: LIST, bought: 'keep', perCategory: 0, at: this.next.at, ...options });
  }

  /** Where the household stands in the shop, as of its next basket. */
  map() {
    return this.profile.map({ at: this.next.at });
  }

  /** Counts what was foreseen of the next basket; returns the list. */
  ask(options) {
    const list = this.expected(options);
    this.hits += hitsOf(list.map(({ id }) => id), this.next.ids);
    this.popularHits += hitsOf(this.popular, this.next.ids);
    this.asked += 1;
    return list;
  }

  /** Asks, then learns: one basket of the year. */
  step(options) {
    const list = this.ask(options);
    for (const id of this.next.ids) this.profile.record('purchase', id, { at: this.next.at });
    this.done += 1;
    return list;
  }

  close() {
    this.profile.close();
  }
}

export const hitsOf = (list, basket) => list.filter((id) => basket.includes(id)).length;
