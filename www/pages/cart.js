// The cart. Fewer pieces, or none, is an interaction too: `uncart`.
import { h, money, redraw } from '../dom.js';
import { picture } from '../pictures/picture.js';
import { priceOf, productLink } from '../tiles.js';

/** @param {import('../state.js').Shop} shop */
export function cart(shop) {
  const body = h('div');
  const show = () => redraw(body, ...(shop.basket.cart.size > 0 ? lines(shop) : empty()));
  show();
  return { title: 'Cart', content: [h('h1', {}, 'Cart'), body], leave: shop.subscribe(show) };
}

function empty() {
  return [h('p', {}, 'There is nothing in it yet. ', h('a', { href: '#/' }, 'Have a look around'))];
}

function lines(shop) {
  return [
    h('ul', { class: 'lines' }, ...[...shop.basket.cart].map(([id, quantity]) => line(shop, shop.catalogue.item(id), quantity))),
    h('div', { class: 'sum' },
      h('p', { class: 'total' }, 'Total ', h('strong', {}, money(totalOf(shop)))),
      h('a', { class: 'button main', href: '#/checkout' }, 'Go to checkout')),
  ];
}

function line(shop, item, quantity) {
  const change = (to) => {
    shop.basket.set(item.id, to);
    const [kind, pieces] = to < quantity ? ['uncart', quantity - to] : ['cart', to - quantity];
    if (pieces > 0) shop.profile.record(kind, item.id, { quantity: pieces });
    shop.changed();
  };
  const field = h('input', {
    type: 'number', min: 0, max: 99, value: quantity, 'aria-label': `Pieces of ${item.name}`,
    onchange: () => change(field.validity.valid ? field.valueAsNumber || 0 : quantity),
  });
  return h('li', {},
    h('a', { class: 'what', href: productLink(item.id) }, picture(item), h('span', {}, item.name, ' ', h('span', { class: 'muted' }, item.size))),
    h('span', { class: 'row' }, field, h('span', {}, `× ${priceOf(item)}`),
      h('button', { 'aria-label': `Remove ${item.name}`, onclick: () => change(0) }, 'Remove')));
}

export function totalOf(shop) {
  return [...shop.basket.cart].reduce((sum, [id, quantity]) => sum + quantity * (shop.catalogue.item(id).price ?? 0), 0);
}
