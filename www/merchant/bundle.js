// The bundle in use, as its trainer describes it. All of it is somebody's text, and stays text.
import { h, table, when } from '../dom.js';

const FIGURES = {
  f32: 'The factors, as trained',
  int8: 'The factors, as shipped in 8 bits',
  popularity: 'By popularity alone',
  together: 'What is taken together, alone',
  next: 'What comes next, alone',
};

export function bundle({ version, items, dim, bytes, metadata }) {
  const text = (key) => metadata[`homebody.${key}`];
  const trained = Date.parse(text('trained_at'));
  const facts = [
    ['Version', h('code', {}, version)],
    ['Items', `${items.toLocaleString('en-US')}, with ${dim} numbers each`],
    ['Size', `${Math.round(bytes / 1000).toLocaleString('en-US')} kB before compression`],
    ['Trained', Number.isNaN(trained) ? null : when(trained)],
    ['Model', text('model')],
    ['From', text('provenance')],
  ];
  return h('section', { 'aria-labelledby': 'bundle' },
    h('h2', { id: 'bundle' }, 'The bundle in use'),
    h('div', { class: 'two' },
      h('div', { class: 'card' }, h('dl', { class: 'facts' },
        ...facts.filter(([, value]) => value).flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]))),
      h('div', { class: 'card' }, h('h3', {}, 'How good it is'), evaluation(text('evaluation')))));
}

function evaluation(given) {
  const figures = read(given);
  const rows = Object.entries(figures).filter(([, figure]) => typeof figure === 'number');
  if (rows.length === 0) return h('p', {}, 'The bundle brings no figures. `homebody train` writes them where it has baskets to hold out.');
  rows.sort(([, a], [, b]) => b - a);
  return h('div', {},
    h('p', { class: 'muted' }, String(figures.measure ?? 'As the trainer measured it')),
    table('Evaluation of the bundle', ['What ranks', 'Figure'], rows.map(([name, figure]) => [FIGURES[name] ?? name, figure.toFixed(4)])));
}

/** An object, whatever stands there. */
function read(text) {
  try {
    const figures = JSON.parse(text);
    return typeof figures === 'object' && figures !== null ? figures : {};
  } catch {
    return {};
  }
}
