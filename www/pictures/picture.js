// An item's picture, drawn here: a photograph would be a request that tells what is looked at.
import { departmentOf, lastPart } from '../catalogue.js';
import { element } from '../svg.js';
import { MARKS } from './marks.js';
import { CATEGORIES, DEPARTMENTS, NAMES } from './rules.js';
import { PACKAGES, THINGS } from './shapes.js';

/** Which drawing, hue and mark; the same for equal items. */
export function drawingOf({ name, category }) {
  const found = first(NAMES, name.toLowerCase()) ?? first(CATEGORIES, lastPart(category).toLowerCase()) ?? DEPARTMENTS[departmentOf(category)];
  if (found) return found;
  // A shop of one's own: a box in its department's colour.
  let hash = 0;
  for (const letter of departmentOf(category)) hash = (hash * 31 + letter.codePointAt(0)) % 360;
  return ['box', hash, 'star'];
}

function first(rules, text) {
  return rules.find(([words]) => words.test(text))?.slice(1);
}

/** @param {import('../catalogue.js').Item} item */
export function picture(item) {
  const [name, hue, mark] = drawingOf(item);
  const svg = draw(name, mark);
  const plate = document.createElement('span');
  plate.className = item.brand === 'Store brand' ? 'picture house' : 'picture';
  plate.dataset.drawing = name;
  plate.style.setProperty('--hue', String(hue));
  plate.append(svg);
  return plate;
}

/** The drawing alone, for an ornament. */
export function draw(name, mark) {
  const svg = element('svg', { viewBox: '0 0 64 64', 'aria-hidden': 'true', focusable: 'false' });
  const box = PACKAGES[name];
  svg.append(...(box?.paths ?? THINGS[name]).map(path));
  if (box?.label[2] > 0 && mark) {
    const [x, y, size] = box.label;
    const label = element('g', { transform: `translate(${x - size / 2} ${y - size / 2}) scale(${size / 16})` });
    label.append(path(MARKS[mark]));
    svg.append(label);
  }
  return svg;
}

/** Open lines are drawn, closed shapes are filled. */
function path([paint, d]) {
  return element('path', { class: d.endsWith('z') ? `f-${paint}` : `l-${paint}`, d });
}
