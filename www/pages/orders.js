// What was ordered. In a demo the shopper says when the parcel has come, and may send things back.
import { h, money, plural, redraw, when } from '../dom.js';
import { productLink } from '../tiles.js';

/** @param {import('../state.js').Shop} shop */
export function orders(shop) {
  const body = h('div');
  const show = () => redraw(body, ...(shop.basket.orders.length > 0
    ? shop.basket.orders.map((order) => section(shop, order))
    : [h('p', {}, 'You have not ordered anything yet.')]));
  show();
  return { title: 'Orders', content: [h('h1', {}, 'Orders'), body], leave: shop.subscribe(show) };
}

function section(shop, order) {
  const deliver = () => {
    order.delivered = true;
    for (const { id, quantity } of order.lines) shop.profile.record('delivery', id, { quantity });
    shop.basket.store();
    shop.changed();
  };
  const total = order.lines.reduce((sum, { quantity, price }) => sum + quantity * price, 0);
  return h('section', { class: 'order' },
    h('h2', {}, `Order ${order.number}`),
    h('p', { class: 'muted' }, [
      when(order.at), plural(order.lines.length, 'product'), money(total), order.delivered ? 'delivered' : 'on its way',
      !order.delivered && order.slot && `comes ${order.slot}`,
    ].filter(Boolean).join(' · ')),
    h('ul', { class: 'lines' }, ...order.lines.map((line) => row(shop, order, line))),
    !order.delivered && h('button', { onclick: deliver }, 'It has arrived'));
}

function row(shop, order, line) {
  const { id, quantity, price } = line;
  const refund = () => {
    line.refunded = true;
    shop.profile.record('refund', id, { quantity, price });
    shop.basket.store();
    shop.changed();
  };
  return h('li', {},
    h('a', { href: productLink(id) }, `${quantity} × ${shop.catalogue.nameOf(id)}`),
    line.refunded && h('span', { class: 'muted' }, 'sent back, money returned'),
    order.delivered && !line.refunded && h('button', { 'aria-label': `Send ${shop.catalogue.nameOf(id)} back`, onclick: refund }, 'Send back'));
}
