// What the header says: the choice to make, the cart, a problem, and every byte that left.
import { blockedRequests, wireIsCut } from './cut.js';
import { byId, plural } from './dom.js';

/** Returns the function that draws it anew. @param {import('./state.js').Shop} shop */
export function headerOf(shop) {
  let read; // the profile and the choice for which the ledger was read

  return async function show() {
    byId('consent').hidden = shop.choice !== undefined;
    byId('cart-count').textContent = String(shop.basket.pieces);
    byId('problem').hidden = shop.problem === undefined;
    byId('problem').textContent = shop.problem
      ? `Lists made for you are off; what you see is popular. ${shop.problem.message} (${shop.problem.code})` : '';
    byId('wire-cut').hidden = !wireIsCut();
    byId('wire-cut').textContent = wireIsCut() ? `The wire is cut: no request leaves this page, ${plural(blockedRequests().length, 'request')} blocked.` : '';

    // The ledger can only grow while reports are allowed; else it is read once.
    const now = `${shop.choice} ${shop.profile.state().status}`;
    if (shop.choice !== 'all' && read?.profile === shop.profile && read.now === now) return;
    read = { profile: shop.profile, now };
    const ledger = await shop.profile.ledger();
    const bytes = ledger.reduce((sum, line) => sum + line.bytes, 0);
    byId('bytes-sent').textContent = bytes.toLocaleString('en-US');
    byId('bytes-sent').closest('.counter').classList.toggle('some', bytes > 0);
  };
}
