// A list of product tiles that can be re-sorted in place: tiles that stay keep their element (and with
// it the keyboard focus), glide to their new place, and only new ones are made.
import { h, money } from './dom.js';
import { lastPart } from './catalogue.js';

/**
 * @param {import('./state.js').Shop} shop
 * @param {{ label: string, list?: 'for-you' | 'buy-again' }} options `list`: the profile ranked it, so clicks count as recommended
 */
export function tileList(shop, { label, list }) {
  const element = h('ol', { class: 'tiles', 'aria-label': label, 'data-list': list });
  /** @type {Map<string, HTMLElement>} */
  let tiles = new Map();

  return {
    element,
    /** @param {readonly { id: string, reasons?: readonly { text: string }[] }[]} entries best first */
    show(entries) {
      const sold = entries.filter(({ id }) => shop.catalogue.has(id));
      const before = places(tiles);
      const focused = document.activeElement;

      tiles = new Map(sold.map(({ id, reasons }) => {
        const tile = tiles.get(id) ?? makeTile(shop, shop.catalogue.item(id), list);
        tile.querySelector('.reason').textContent = reasons?.[0]?.text ?? '';
        return [id, tile];
      }));
      putInOrder(element, [...tiles.values()]);

      if (focused instanceof HTMLElement && element.contains(focused)) focused.focus({ preventScroll: true });
      glide(tiles, before);
    },
  };
}

function makeTile(shop, item, list) {
  const add = h('button', {
    disabled: item.price === null,
    'aria-label': `Add ${item.name} to the cart`,
    onclick: () => shop.addToCart(item.id, 1, { recommended: list !== undefined }),
  }, 'Add');
  // Only the link carries data-item: a click on the button is `cart`, not `click` as well.
  return h('li', { class: 'tile' },
    h('a', { href: productLink(item.id), 'data-item': item.id },
      swatch(item, shop.catalogue),
      h('span', { class: 'name' }, item.name),
      h('span', { class: 'muted' }, [item.size, item.brand].filter(Boolean).join(' · '))),
    h('p', { class: 'buy' }, h('span', { class: 'price' }, priceOf(item)), add),
    h('p', { class: 'reason' }));
}

export const productLink = (id) => `#/product/${encodeURIComponent(id)}`;
export const categoryLink = (path) => `#/category/${encodeURIComponent(path)}`;
export const priceOf = ({ price }) => (price === null ? 'not on sale today' : money(price));

/** In place of a photograph, which would be a request: the category, in its department's colour. */
export function swatch(item, catalogue) {
  const element = h('span', { class: 'swatch', 'aria-hidden': 'true' }, lastPart(item.category));
  const place = catalogue.departments.findIndex(({ name }) => name === item.department);
  element.style.setProperty('--hue', String(Math.round(150 + place * 137.5) % 360)); // golden angle: neighbours differ
  return element;
}

/** Moves only what is not in its place already: a moved element loses its focus and its scroll. */
function putInOrder(list, wanted) {
  const keep = new Set(wanted);
  for (const child of [...list.children]) if (!keep.has(child)) child.remove();
  wanted.forEach((tile, place) => {
    if (list.children[place] !== tile) list.insertBefore(tile, list.children[place] ?? null);
  });
}

function places(tiles) {
  return new Map([...tiles].map(([id, tile]) => [id, tile.getBoundingClientRect()]));
}

function glide(tiles, before) {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  for (const [id, tile] of tiles) {
    const [from, to] = [before.get(id), tile.getBoundingClientRect()];
    const frames = from
      ? { transform: [`translate(${from.x - to.x}px, ${from.y - to.y}px)`, 'none'] }
      : { opacity: [0, 1] };
    if (!from || from.x !== to.x || from.y !== to.y) tile.animate(frames, { duration: 250, easing: 'ease-out' });
  }
}
