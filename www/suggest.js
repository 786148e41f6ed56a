// Suggestions below the search field: a combobox with a list box, by the ARIA Authoring Practices. The
// focus stays in the field; arrows move through the list, Enter takes, Escape closes.
import { lastPart } from './catalogue.js';
import { byId, h, say } from './dom.js';
import { categoryLink } from './tiles.js';

/** @param {import('./state.js').Shop} shop @param {(words: string) => void} search */
export function suggestions(shop, search) {
  const field = /** @type {HTMLInputElement} */ (byId('words'));
  const list = byId('suggestions');
  /** @type {{ element: HTMLElement, take: () => void }[]} */
  let options = [];
  let active = -1;

  const close = () => {
    list.hidden = true;
    field.setAttribute('aria-expanded', 'false');
    activate(-1);
  };
  const activate = (place) => {
    options[active]?.element.setAttribute('aria-selected', 'false');
    active = place;
    const option = options[active]?.element;
    option?.setAttribute('aria-selected', 'true');
    if (option) field.setAttribute('aria-activedescendant', option.id);
    else field.removeAttribute('aria-activedescendant');
  };
  const take = (place) => {
    const { take: act } = options[place];
    close();
    act();
  };
  const show = () => {
    const { categories, names } = shop.catalogue.suggest(field.value);
    const entries = [
      ...names.map((name) => ({ name, note: '', take: () => search(name) })),
      ...categories.map((path) => ({ name: lastPart(path), note: `in ${path.split(' > ')[0]}`, take: () => { location.hash = categoryLink(path); } })),
    ];
    options = entries.map(({ name, note, take: act }, place) => ({
      take: act,
      element: h('li', {
        id: `suggestion-${place}`, role: 'option', 'aria-selected': 'false',
        onpointerdown: (event) => event.preventDefault(), // the field keeps the focus
        onclick: () => take(place),
      }, name, note && h('span', { class: 'muted' }, ` ${note}`)),
    }));
    list.replaceChildren(...options.map(({ element }) => element));
    active = -1;
    field.removeAttribute('aria-activedescendant');
    list.hidden = options.length === 0;
    field.setAttribute('aria-expanded', String(!list.hidden));
    if (!list.hidden) say(`${options.length} suggestions`);
  };

  field.addEventListener('input', show);
  field.addEventListener('blur', close);
  field.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (list.hidden) show();
      const { length } = options;
      const next = event.key === 'ArrowDown' ? active + 1 : active < 0 ? length - 1 : active - 1 + length;
      if (length > 0) activate(next % length);
    } else if (event.key === 'Escape' && !list.hidden) {
      event.preventDefault();
      close();
    } else if (event.key === 'Enter' && active >= 0) {
      event.preventDefault();
      take(active);
    }
  });
  return { close };
}
