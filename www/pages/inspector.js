// What the shop's script knows about the shopper: the package's own element, and the shop's switches.
import { h } from '../dom.js';
import { controls } from './controls.js';

const NONE = {
  opening: 'Your profile is being opened…',
  closed: 'There is no profile: the shop shows what is popular.', // it could not be opened
};

/** @param {import('../state.js').Shop} shop */
export function inspector(shop, part) {
  const element = h('homebody-inspector', { tab: part === 'ledger' && 'left', 'onhomebody-erased': () => shop.erased() });
  const off = h('p', { id: 'state' });
  const shown = h('div');
  const { element: switches, show: showSwitches } = controls(shop);

  const show = () => {
    showSwitches();
    const { status } = shop.profile.state();
    const none = status in NONE;
    off.textContent = NONE[status];
    off.dataset.status = status;
    const part = none ? off : element;
    if (part.parentNode !== shown) shown.replaceChildren(part);
    if (!none && element.profile !== shop.profile) element.profile = shop.profile;
  };
  show();

  return {
    title: 'Your profile',
    content: [
      h('h1', {}, 'Your profile'),
      h('p', {}, 'All that this shop has learnt of you. It is on your device; the shop has none of it. Erasing it empties the cart and the orders, too.'),
      switches, shown,
    ],
    leave: shop.subscribe(show),
  };
}
