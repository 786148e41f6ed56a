// What every page gets: the catalogue, the profile, the basket, and what they do together.
import { Basket } from './basket.js';
import { CHOICES, saveChoice } from './consent.js';
import { byId, say } from './dom.js';
import { openShopProfile } from './profile.js';

export class Shop {
  basket = new Basket();
  listeners = new Set();

  constructor(catalogue) {
    this.catalogue = catalogue;
  }

  /** Opens the profile under the current choice; also after erasing, when there is none. */
  async open(choice) {
    this.choice = choice;
    this.stop?.();
    this.profile?.close();
    const { profile, problem } = await openShopProfile(this.catalogue, choice ? CHOICES[choice] : 'pending');
    this.profile = profile;
    this.problem = problem;
    const stops = [profile.observe(byId('main')), profile.subscribe(this.changed)];
    this.stop = () => stops.forEach((stop) => stop());
    this.basket.keep(choice !== undefined && CHOICES[choice].profile);
  }

  /** Calls back after each change, once a frame at most. */
  subscribe(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  changed = () => {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.listeners.forEach((listener) => listener());
    });
  };

  addToCart(id, quantity = 1, details = {}) {
    this.basket.add(id, quantity);
    this.profile.record('cart', id, { quantity, ...details });
    say(`${this.catalogue.nameOf(id)} is in the cart`);
    this.changed();
  }

  /** @param {keyof typeof CHOICES} choice */
  async choose(choice) {
    this.choice = choice;
    const consent = CHOICES[choice];
    // Kept before it is carried out: should that fail, what was refused must not come back as allowed.
    saveChoice(choice);
    this.basket.keep(consent.profile);
    await this.profile.setConsent(consent);
    this.changed();
  }

  /** The profile was erased: nothing of this origin's storage is left but its one date. */
  async erased() {
    await this.forget();
    saveChoice(undefined);
  }

  async forget() {
    this.basket.forget();
    await this.open(undefined);
    this.changed();
  }
}
