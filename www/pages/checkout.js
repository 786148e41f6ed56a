// The checkout of a demo: it charges nothing, and records purchase and payment. The slot stays with the order.
import { h, money, plural } from '../dom.js';
import { totalOf } from './cart.js';

const HOURS = ['8 – 10', '12 – 14', '18 – 20'];
const day = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short' });
const DAY = 86_400_000;

/** @param {import('../state.js').Shop} shop */
export function checkout(shop) {
  const { cart } = shop.basket;
  if (cart.size === 0) {
    return { title: 'Checkout', content: [h('h1', {}, 'Checkout'), h('p', {}, 'The cart is empty. ', h('a', { href: '#/' }, 'Go to the first page'))] };
  }
  const onsubmit = (event) => {
    event.preventDefault();
    pay(shop, new FormData(event.target).get('slot'));
  };
  return {
    title: 'Checkout',
    content: [
      h('h1', {}, 'Checkout'),
      h('form', { class: 'checkout', onsubmit },
        h('fieldset', { class: 'slots' }, h('legend', {}, 'When shall it come?'), ...slots()),
        h('section', { class: 'card' },
          h('h2', {}, plural(cart.size, 'product')),
          h('ul', { class: 'lines' }, ...[...cart].map(([id, quantity]) => h('li', {}, `${quantity} × ${shop.catalogue.nameOf(id)}`))),
          h('p', { class: 'total' }, 'To pay ', h('strong', {}, money(totalOf(shop)))),
          h('button', { class: 'main' }, 'Order and pay'),
          h('p', { class: 'muted' }, 'This is a demo: no address is asked for and nothing is charged. The order stays in this tab.'))),
    ],
  };
}

/** The next three days, three times each; the first one is chosen. */
function slots() {
  const days = [1, 2, 3].map((ahead) => day.format(Date.now() + ahead * DAY));
  return days.map((date, row) => h('div', { class: 'slot-day' }, h('span', {}, date), ...HOURS.map((hours, column) =>
    h('label', { class: 'slot' },
      h('input', { type: 'radio', name: 'slot', value: `${date}, ${hours}`, checked: row + column === 0, 'aria-label': `${date}, ${hours} o'clock` }),
      h('span', {}, hours)))));
}

function pay(shop, slot) {
  const { lines } = shop.basket.order((id) => shop.catalogue.item(id).price ?? 0, slot);
  for (const { id, quantity, price } of lines) shop.profile.record('purchase', id, { quantity, price });
  for (const { id, quantity } of lines) shop.profile.record('payment', id, { quantity });
  shop.changed();
  location.hash = '#/orders';
}
