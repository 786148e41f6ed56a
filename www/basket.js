// Cart and orders of this tab. In memory until the shopper agrees to be remembered, then also in
// sessionStorage, so that a reload keeps them; erasing, or refusing later, removes both.

const KEY = 'shop-basket';

/** @typedef {{ id: string, quantity: number, price: number, refunded?: boolean }} Line */
/** @typedef {{ number: number, at: number, lines: Line[], slot?: string, delivered: boolean }} Order */

export class Basket {
  kept = false;
  /** @type {Map<string, number>} */
  cart = new Map();
  /** @type {Order[]} */
  orders = [];

  /** @param {boolean} kept whether it may be stored from now on */
  keep(kept) {
    this.kept = kept;
    if (kept) this.restore();
    this.store();
  }

  forget() {
    this.cart = new Map();
    this.orders = [];
    this.keep(false);
  }

  get pieces() {
    return [...this.cart.values()].reduce((sum, quantity) => sum + quantity, 0);
  }

  add(id, quantity = 1) {
    this.set(id, (this.cart.get(id) ?? 0) + quantity);
  }

  /** Zero pieces take the item out. */
  set(id, quantity) {
    if (quantity > 0) this.cart.set(id, Math.min(quantity, 99));
    else this.cart.delete(id);
    this.store();
  }

  /** The cart becomes an order; `priceOf` gives today's price of one piece. */
  order(priceOf, slot) {
    const lines = [...this.cart].map(([id, quantity]) => ({ id, quantity, price: priceOf(id) }));
    const order = { number: this.orders.length + 1, at: Date.now(), slot, lines, delivered: false };
    this.orders.unshift(order);
    this.cart.clear();
    this.store();
    return order;
  }

  store() {
    try {
      if (!this.kept) sessionStorage.removeItem(KEY);
      else sessionStorage.setItem(KEY, JSON.stringify({ cart: [...this.cart], orders: this.orders }));
    } catch {
      // Storage is switched off: the cart lives as long as the page.
    }
  }

  /** Takes over what an earlier page of this tab stored, unless this page already has something. */
  restore() {
    if (this.cart.size > 0 || this.orders.length > 0) return;
    try {
      const { cart, orders } = JSON.parse(sessionStorage.getItem(KEY) ?? '{}');
      this.cart = new Map(cart ?? []);
      this.orders = orders ?? [];
    } catch {
      // Unreadable or switched off: an empty cart.
    }
  }
}
