// The checkout of a demo: it asks for nothing and charges nothing, and records purchase and payment.
import { h, money } from '../dom.js';
import { totalOf } from './cart.js';

/** @param {import('../state.js').Shop} shop */
export function checkout(shop) {
  const { cart } = shop.basket;
  if (cart.size === 0) {
    return { title: 'Checkout', content: [h('h1', {}, 'Checkout'), h('p', {}, 'The cart is empty. ', h('a', { href: '#/' }, 'Go to the first page'))] };
  }
  return {
    title: 'Checkout',
    content: [
      h('h1', {}, 'Checkout'),
      h('ul', { class: 'lines' }, ...[...cart].map(([id, quantity]) => h('li', {}, `${quantity} × ${shop.catalogue.nameOf(id)}`))),
      h('p', { class: 'total' }, 'To pay ', h('strong', {}, money(totalOf(shop)))),
      h('p', { class: 'muted' }, 'This is a demo: no address is asked for and nothing is charged. The order stays in this tab.'),
      h('button', { class: 'main', onclick: () => pay(shop) }, 'Order and pay'),
    ],
  };
}

function pay(shop) {
  const { lines } = shop.basket.order((id) => shop.catalogue.item(id).price ?? 0);
  for (const { id, quantity, price } of lines) shop.profile.record('purchase', id, { quantity, price });
  for (const { id, quantity } of lines) shop.profile.record('payment', id, { quantity });
  shop.changed();
  location.hash = '#/orders';
}
