// The shopper's consent; the inspector has the switches of the profile itself.
import { h } from '../dom.js';

const LABELS = { all: 'Profile and reports', device: 'This device only', none: 'Nothing at all' };

/** @param {import('../state.js').Shop} shop */
export function controls(shop) {
  const radios = Object.entries(LABELS).map(([choice, label]) => {
    const input = h('input', { type: 'radio', name: 'choice', value: choice, onchange: () => shop.choose(choice) });
    return h('label', { class: choice === 'all' ? 'row with-server' : 'row' }, input, label);
  });

  return {
    element: h('fieldset', { class: 'row' }, h('legend', {}, 'What you allow'), ...radios),
    show() {
      for (const label of radios) {
        const input = label.querySelector('input');
        input.checked = input.value === shop.choice;
      }
    },
  };
}
