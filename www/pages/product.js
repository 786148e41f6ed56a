// One product. Opening it makes no request; how long it was looked at is recorded when it is left.
import { h } from '../dom.js';
import { picture } from '../pictures/picture.js';
import { price, tileList } from '../tiles.js';
import { crumbs } from './category.js';
import { missing } from './missing.js';
import { whyHere } from './why.js';

/** @param {import('../state.js').Shop} shop */
export function product(shop, id) {
  const item = shop.catalogue.item(id);
  if (!item) return missing();

  const similar = tileList(shop, { label: 'Similar products' });
  const showSimilar = () => similar.show(shop.profile.similar(id, { limit: 6 }));
  showSimilar();
  shop.whenOpen(showSimilar);
  return {
    title: item.name,
    content: [
      crumbs(item.category),
      h('article', { class: 'product' },
        picture(item),
        h('div', { class: 'about' },
          h('h1', {}, item.name),
          h('p', { class: 'muted' }, [item.size, item.brand].filter(Boolean).join(' · ')),
          h('p', {}, price(item)),
          buy(shop, item),
          rate(shop, item),
          moved(shop),
          whyHere(shop, id))),
      h('section', {}, h('h2', {}, 'Similar products'), similar.element),
    ],
    leave: recordView(shop, id),
  };
}

function buy(shop, item) {
  const quantity = h('input', { id: 'quantity', name: 'quantity', type: 'number', min: 1, max: 99, value: 1, required: true });
  const onsubmit = (event) => {
    event.preventDefault();
    shop.addToCart(item.id, quantity.valueAsNumber);
  };
  const wish = h('button', {
    type: 'button',
    onclick: () => {
      shop.profile.record('wish', item.id);
      wish.textContent = 'On your wish list';
      wish.disabled = true;
    },
  }, 'Wish for it');
  return h('form', { class: 'row', onsubmit },
    h('label', { for: 'quantity' }, 'Pieces'), quantity,
    h('button', { class: 'main', disabled: item.price === null }, 'Add to cart'), wish);
}

function rate(shop, item) {
  const answer = h('span', { role: 'status' });
  const stars = [1, 2, 3, 4, 5].map((rating) =>
    h('button', {
      'aria-label': `${rating} of 5 stars`,
      onclick: () => {
        shop.profile.record('rate', item.id, { rating });
        answer.textContent = `You gave ${rating} of 5`;
      },
    }, '★'.repeat(rating)));
  return h('fieldset', { class: 'rate' }, h('legend', {}, 'How do you like it?'), ...stars, ' ', answer);
}

/** What opening this page did to the shelf "For you". */
function moved(shop) {
  const { lesson } = shop;
  if (!lesson) return null;
  const places = lesson.after.filter((id, place) => lesson.before[place] !== id).length;
  const text = places === 0 ? 'Your latest step moved nothing of your shelf.' : `Your latest step changed ${places} of 12 places of your shelf.`;
  return h('p', { class: 'muted step' }, text, ' ', h('a', { href: '#/how' }, 'See how'));
}

/** Records the view once: when the page is left, closed, or goes out of sight, whichever is first. */
function recordView(shop, id) {
  const opened = performance.now();
  const once = () => {
    document.removeEventListener('visibilitychange', once);
    removeEventListener('pagehide', once);
    shop.profile.record('view', id, { dwell: Math.round(performance.now() - opened) });
  };
  document.addEventListener('visibilitychange', once);
  addEventListener('pagehide', once);
  return once;
}
