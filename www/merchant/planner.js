// Told before, true after: what to expect of a measurement, how many shoppers a wish takes, and what has come of it.
import { h, table } from '../dom.js';
import { half, measured, measurement, shoppersFor, YES_NO } from './expect.js';
import { epsilon, number, points } from './words.js';

const NAMES = { departments: 'Share of a department', shelf: 'Click-through of the shelf, of one arm', orders: 'Conversion, or orders of one size',
  segments: 'Size of a segment', changes: 'Days with a change of one kind' };
const MODES = /** @type {const} */ ({ local: 'Local, in each browser', shared: 'Shared, once in the sum (not here yet)' });

export function planner({ types }) {
  const all = [{ name: 'A yes or no', milli: 300, what: YES_NO },
    ...Object.entries(types).map(([name, type]) => ({ name: NAMES[name] ?? name, milli: type.epsilon_milli, what: measurement(name, type), type }))];
  const what = select('measurement', all.map(({ name }, place) => [place, name]));
  const mode = select('mode', Object.entries(MODES));
  const shoppers = input('shoppers', { value: 800, min: 1, step: 1 });
  const privacy = input('epsilon', { value: 0.3, min: 0.001, max: 10, step: 'any' });
  const wished = input('wished', { value: 5, min: 0.01, step: 'any' });
  const said = h('output', { for: 'plan-measurement plan-mode plan-shoppers plan-epsilon plan-wished' });
  const beside = h('div');

  const say = () => {
    const [count, ε, wish] = [shoppers, privacy, wished].map((field) => field.valueAsNumber);
    if (![shoppers, privacy, wished].every((field) => field.checkValidity() && field.value !== '')) {
      said.textContent = 'Each field wants a number above 0.';
      return;
    }
    const { what: chosen } = all[Number(what.value)];
    said.textContent = `Expect ±\u00a0${points(half(chosen, mode.value, ε, count))} points. For ±\u00a0${wish} points it takes ${number(shoppersFor(chosen, mode.value, ε, wish / 100))} shoppers.`;
    beside.replaceChildren(everything(all, count, wish / 100));
  };
  what.addEventListener('change', () => {
    privacy.value = String(all[Number(what.value)].milli / 1000);
    say();
  });
  for (const field of [mode, shoppers, privacy, wished]) field.addEventListener('input', say);
  say();

  const field = (label, control) => h('label', { for: control.id }, label, control);
  return h('section', { 'aria-labelledby': 'planner' },
    h('h2', { id: 'planner' }, 'What to expect'),
    h('p', {}, 'How far the noise will move a share, before anybody is asked. A shopper who reports on four days counts as four. '
      + 'Shared noise needs secret shares and an aggregator between browser and shop; here all noise is local.'),
    h('form', { class: 'card', onsubmit: (event) => event.preventDefault() },
      h('div', { class: 'chosen plan' }, field('Measurement', what), field('Where the noise is', mode), field('Shoppers, one report each', shoppers),
        field('ε of one report', privacy), field('Wished: ± points', wished)),
      said),
    h('details', {}, h('summary', {}, 'All measurements at the shop’s own ε, as a table'), beside),
    h('details', {}, h('summary', {}, 'Told before, true after, as a table'), after(all)));
}

const select = (name, options) => h('select', { id: `plan-${name}` }, ...options.map(([value, label]) => h('option', { value }, label)));
const input = (name, attributes) => h('input', { id: `plan-${name}`, type: 'number', required: true, ...attributes });

function everything(all, shoppers, wish) {
  const rows = all.map(({ name, milli, what }) => [name, epsilon(milli),
    ...['local', 'shared'].flatMap((mode) => [`±\u00a0${points(half(what, mode, milli / 1000, shoppers))}`, shoppersFor(what, mode, milli / 1000, wish)])]);
  return table(`Points for ${number(shoppers)} shoppers, and shoppers for ± ${points(wish)} points`,
    ['Measurement', 'ε', 'Local', 'Shoppers', 'Shared (not here yet)', 'Shoppers'], rows);
}

/** By the formula for as many reports as have come, and by the server's sums. */
function after(all) {
  const come = all.filter(({ type }) => type?.reports > 0);
  if (come.length === 0) return h('p', { class: 'muted' }, 'No report has come yet.');
  return table('Points to expect of the reports that have come, and those of the server',
    ['Measurement', 'Reports', 'Expected', 'The server’s'], come.map(({ name, milli, what, type }) => {
      const { reports, half: got } = measured(what, type);
      return [name, number(reports), `±\u00a0${points(half(what, 'local', milli / 1000, reports))}`, `±\u00a0${points(got)}`];
    }));
}
