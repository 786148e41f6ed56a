// A list of product tiles that can be re-sorted in place: tiles that stay keep their element (and with
// it the keyboard focus), glide to their new place and say how far they moved; only new ones are made.
import { h, money } from './dom.js';
import { glide, places, showMoves } from './glide.js';
import { menuOf } from './menu.js';
import { picture } from './pictures/picture.js';

/**
 * @param {import('./state.js').Shop} shop
 * @param {{ label: string, list?: 'for-you' | 'buy-again', moves?: boolean, plain?: boolean }} options
 *   `list`: the profile ranked it, so clicks count as recommended; `moves`: say what moved; `plain`: only to look at
 */
export function tileList(shop, { label, list, moves = false, plain = false }) {
  const element = h('ol', { class: 'tiles', 'aria-label': label, 'data-list': list });
  /** What a cart is told of the list: in the arm `popular` nobody's profile ranked it. */
  const from = () => ({ recommended: list !== undefined && element.dataset.arm !== 'popular', arm: element.dataset.arm });
  /** @type {Map<string, HTMLElement>} */
  let tiles = new Map();
  /** What the list was sorted by. */
  let by;

  return {
    element,
    /** @param {readonly { id: string, reasons?: readonly { text: string }[] }[]} entries best first */
    show(entries) {
      const sold = entries.filter(({ id }) => shop.catalogue.has(id));
      // Of another profile it is another list: new tiles take the places, none moves.
      const again = by === shop.profile;
      if (!again) tiles = new Map([...tiles].filter(([, tile]) => isHeld(tile)));
      by = shop.profile;
      const before = again ? places(tiles) : new Map();
      const order = [...tiles.keys()];
      const focused = document.activeElement;

      tiles = new Map(sold.map(({ id, reasons }) => {
        const item = shop.catalogue.item(id);
        const tile = tiles.get(id) ?? (plain ? plainTile(item) : makeTile(shop, item, from));
        tile.querySelector('.reason').textContent = reasons?.[0]?.text ?? '';
        return [id, tile];
      }));
      putInOrder(element, [...tiles.values()]);

      if (focused instanceof HTMLElement && element.contains(focused)) focused.focus({ preventScroll: true });
      if (again) glide(tiles, before, plain ? 180 : undefined);
      if (again && moves && order.length > 0) showMoves(tiles, order);
    },
    tileOf: (id) => tiles.get(id),
  };
}

function makeTile(shop, item, from) {
  const add = h('button', {
    class: 'add',
    disabled: item.price === null,
    'aria-label': `Add ${item.name} to the cart`,
    onclick: () => shop.addToCart(item.id, 1, from()),
  }, 'Add');
  // Only the link carries data-item: a click on the button is `cart`, not `click` as well.
  return h('li', { class: 'tile' },
    h('a', { href: productLink(item.id), 'data-item': item.id }, picture(item), ...words(item)),
    h('p', { class: 'reason' }),
    h('div', { class: 'buy' }, price(item), add),
    menuOf(shop, item));
}

/** Neither link nor button: what another household's shelf holds is no offer to the visitor. */
function plainTile(item) {
  return h('li', { class: 'tile plain' }, picture(item), ...words(item), h('p', { class: 'reason' }), h('div', { class: 'buy' }, price(item)));
}

const words = (item) => [
  h('span', { class: 'name' }, item.name),
  h('span', { class: 'muted' }, [item.size, item.brand].filter(Boolean).join(' · ')),
];

export const productLink = (id) => `#/product/${encodeURIComponent(id)}`;
export const categoryLink = (path) => `#/category/${encodeURIComponent(path)}`;
export const priceOf = ({ price }) => (price === null ? 'not on sale today' : money(price));

/** Dollars large, cents small, read as one. */
export function price(item) {
  if (item.price === null) return h('span', { class: 'price none' }, priceOf(item));
  const [whole, cents] = priceOf(item).split('.');
  return h('span', { class: 'price' }, whole, h('span', { class: 'cents' }, `.${cents}`));
}

/** The visitor has the focus or a menu there. */
const isHeld = (tile) => tile.contains(document.activeElement) || tile.querySelector('details[open]') !== null;

/** Moves only what is not in its place already: a moved element loses its focus and its scroll. */
function putInOrder(list, wanted) {
  const keep = new Set(wanted);
  for (const child of [...list.children]) if (!keep.has(child)) child.remove();
  wanted.forEach((tile, place) => {
    if (list.children[place] !== tile) list.insertBefore(tile, list.children[place] ?? null);
  });
}
