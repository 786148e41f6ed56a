// The pages' only way to make elements. Text is always text: nothing out of the catalogue or the
// profile can become markup, and the strictest Content-Security-Policy has nothing to object to.

/**
 * An element with attributes, listeners (`onclick`) and children. `null` and `false` leave a thing out.
 * @param {string} tag
 * @param {Record<string, unknown>} [attributes]
 * @param {...(Node | string | number | null | false | undefined)} children
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false).map(asNode));
  return element;
}

function asNode(child) {
  return child instanceof Node ? child : document.createTextNode(String(child));
}

/** @param {string} id */
export const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** Says a sentence to a screen reader; the page looks the same. */
export function say(text) {
  byId('said').textContent = text;
}

const dollars = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });
export const money = (/** @type {number} */ amount) => dollars.format(amount);

const moment = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
export const when = (/** @type {number | Date} */ at) => moment.format(at);

export const plural = (/** @type {number} */ n, /** @type {string} */ word) => `${n.toLocaleString('en-US')} ${word}${n === 1 ? '' : 's'}`;

/** A table with a caption; a column without a name has no header; numbers stand to the right. Wide tables scroll by themselves, not the page. */
export function table(caption, heads, rows) {
  const cell = (value) =>
    value instanceof Node
      ? h('td', {}, value)
      : h('td', { class: typeof value === 'number' && 'number' }, typeof value === 'number' ? value.toLocaleString('en-US') : value);
  return h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption },
    h('table', {},
      h('caption', {}, caption),
      h('thead', {}, h('tr', {}, ...heads.map((head) => (head === '' ? h('td') : h('th', { scope: 'col' }, head))))),
      h('tbody', {}, ...rows.map((row) => h('tr', {}, ...row.map(cell))))));
}

/** Draws `parent` anew; the control that had the keyboard's focus has it again, found by its label. */
export function redraw(parent, ...children) {
  const label = parent.contains(document.activeElement) && document.activeElement.getAttribute('aria-label');
  parent.replaceChildren(...children);
  if (!label) return;
  const again = [...parent.querySelectorAll('[aria-label]')].find((element) => element.getAttribute('aria-label') === label);
  if (again instanceof HTMLElement) again.focus({ preventScroll: true });
}
