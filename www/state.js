// What every page gets: the catalogue, the profile, the basket, and what they do together.
import { Basket } from './basket.js';
import { CHOICES, saveChoice } from './consent.js';
import { byId, say } from './dom.js';
import { openShopProfile } from './profile.js';
import { toast } from './toast.js';
import { untilOpen } from './until-open.js';

export class Shop {
  basket = new Basket();
  listeners = new Set();
  /** What is drawn in the very next frame: it must be cheap. */
  showFirst = () => {};
  /** The shelf "For you" as it was before the visitor's latest step. @type {string[]} */
  before = [];
  /** "For you" as the first page showed it last. */
  shelf;

  constructor(catalogue) {
    this.catalogue = catalogue;
  }

  /** Opens the profile under the current choice; also after erasing, when there is none. The shop goes on meanwhile. */
  async open(choice) {
    this.choice = choice;
    this.opened = false;
    this.profile?.close();
    const waiting = untilOpen(this.catalogue);
    this.take(waiting);
    this.basket.keep(choice !== undefined && CHOICES[choice].profile);
    const { profile, problem } = await openShopProfile(this.catalogue, choice ? CHOICES[choice] : 'pending');
    if (this.profile !== waiting) return profile.close(); // another one was wanted meanwhile
    this.problem = problem;
    this.take(profile);
    await waiting.handOver(profile);
    this.opened = true;
    this.showFirst();
    this.listeners.forEach((listener) => listener());
  }

  take(profile) {
    this.stop?.();
    this.profile = profile;
    this.learnt = undefined;
    this.shelf = undefined;
    const stops = [profile.observe(byId('main')), profile.subscribe(this.changed)];
    this.stop = () => stops.forEach((stop) => stop());
    this.lookBefore();
  }

  /** Calls back when the profile is open, if it is not yet: for what is sorted once. */
  whenOpen(listener) {
    if (this.opened) return;
    const stop = this.subscribe(() => {
      if (!this.opened) return;
      stop();
      listener();
    });
  }

  /** Calls back after each change, once a frame at most, when the answer to the visitor's click is on the screen. */
  subscribe(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  changed = () => {
    this.frame ??= requestAnimationFrame(() => {
      this.showFirst();
      setTimeout(() => {
        this.frame = undefined;
        void this.lesson; // now, before the next step
        this.listeners.forEach((listener) => listener());
      });
    });
  };

  /** The visitor's latest step, with the shelf before and after. */
  get lesson() {
    const step = this.profile.lastStep();
    if (step && !sameStep(step, this.learnt?.step)) {
      const after = this.topIds();
      this.learnt = { step, before: this.before, after };
      this.before = after;
    }
    return this.learnt;
  }

  /** What stands on the shelf now; called just before the visitor does something. */
  lookBefore() {
    this.before = this.topIds();
  }

  topIds() {
    return this.forYou({ reasons: false }).map(({ id }) => id);
  }

  forYou(options = {}) {
    return this.profile.recommend({ limit: 12, ...options });
  }

  addToCart(id, quantity = 1, details = {}) {
    this.basket.add(id, quantity);
    this.profile.record('cart', id, { quantity, ...details });
    say(`${this.catalogue.nameOf(id)} is in the cart`);
    this.changed();
  }

  /** The shopper puts the profile right; `back` is the correction that takes it back. */
  correct(id, as, said, back) {
    const { status } = this.profile.state();
    if (status === 'refused' || status === 'closed') return toast('Nothing is learnt: there is no profile');
    const say = (wish) => {
      this.profile.correct({ item: id, as: wish }).catch(({ message }) => toast(message));
      this.changed();
    };
    say(as);
    toast(`${this.catalogue.nameOf(id)}: ${said}`, { undo: () => say(back) });
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
    saveChoice(undefined); // first: opening another profile takes its time
    await this.forget();
  }

  async forget() {
    this.basket.forget();
    await this.open(undefined);
    this.changed();
  }
}

const sameStep = (a, b) => b !== undefined && a.at === b.at && a.kind === b.kind && a.item === b.item;
