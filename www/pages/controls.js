// The shopper's switches: consent, pause, take away, erase.
import { h, say, when } from '../dom.js';

const LABELS = { all: 'Profile and reports', device: 'This device only', none: 'Nothing at all' };

/** @param {import('../state.js').Shop} shop */
export function controls(shop) {
  const radios = Object.entries(LABELS).map(([choice, label]) => {
    const input = h('input', { type: 'radio', name: 'choice', value: choice, onchange: () => shop.choose(choice) });
    return h('label', { class: 'row' }, input, label);
  });
  const pause = h('button', {
    onclick: () => {
      shop.profile.pause(!shop.profile.state().paused);
      shop.changed();
    },
  });
  const erased = h('p', { id: 'erased', role: 'status' });

  return {
    element: h('section', { 'aria-label': 'Your switches' },
      h('fieldset', { class: 'row' }, h('legend', {}, 'What you allow'), ...radios),
      h('p', { class: 'row' },
        pause,
        h('button', { onclick: () => download(shop) }, 'Export'),
        h('button', { class: 'danger', onclick: () => askToErase(shop, erased) }, 'Erase…'))),
    erased,
    show() {
      pause.textContent = shop.profile.state().paused ? 'Go on learning' : 'Pause learning';
      for (const label of radios) {
        const input = label.querySelector('input');
        input.checked = input.value === shop.choice;
      }
    },
  };
}

async function download(shop) {
  const kept = await shop.profile.export();
  if (kept === undefined) return say('There is no profile to export');
  const url = URL.createObjectURL(new Blob([JSON.stringify(kept, null, 2)], { type: 'application/json' }));
  h('a', { href: url, download: 'homebody-profile.json' }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000); // the download has begun long before
}

function askToErase(shop, erased) {
  const dialog = h('dialog', { 'aria-labelledby': 'erase-title', onclose: () => dialog.remove() },
    h('h2', { id: 'erase-title' }, 'Erase your profile?'),
    h('p', {}, 'Events, taste, ledger, cart and orders go, on this device and in every open tab. '
      + 'One date stays, so that erasing does not make reports more frequent.'),
    h('p', { class: 'row' },
      h('button', { class: 'danger', onclick: () => erase() }, 'Erase everything'),
      h('button', { onclick: () => dialog.close() }, 'Keep it')));
  const erase = async () => {
    dialog.close();
    const date = await shop.erase();
    erased.textContent = date
      ? `Everything is erased. What stays is one date: no report is sent before ${when(date)}.`
      : 'There was nothing to erase.';
  };
  document.body.append(dialog);
  dialog.showModal();
}
