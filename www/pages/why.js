// "Why is this here?": the item's place among all, and what each of the shopper's own interactions did for it.
import { h } from '../dom.js';

/** @param {import('../state.js').Shop} shop */
export function whyHere(shop, id) {
  const answer = h('div');
  const ontoggle = async () => answer.replaceChildren(...(details.open ? await explanation(shop, id) : []));
  const details = h('details', { class: 'why', ontoggle }, h('summary', {}, 'Why is this here?'), answer);
  return details;
}

async function explanation(shop, id) {
  const { position, reasons } = await shop.profile.explain(id);
  const total = shop.catalogue.ids.length.toLocaleString('en-US');
  return [
    h('p', {}, `For you it is number ${position.toLocaleString('en-US')} of ${total}.`),
    reasons.length === 0
      ? h('p', { class: 'muted' }, 'Nothing that you did speaks for it: its place comes from how popular it is.')
      : h('ul', {}, ...reasons.map((reason) => h('li', {}, inWords(reason, position)))),
  ];
}

/** What an interaction did to the place; one that favours other items more is an "although". */
function inWords({ text, because, positionWithout }, position) {
  if (because === 'popular') return text;
  if (positionWithout === position) return `${text} (without this its place would be the same)`;
  const words = positionWithout < position ? text.replace(/^because/, 'although') : text;
  return `${words}; without this it would be number ${positionWithout.toLocaleString('en-US')}`;
}
