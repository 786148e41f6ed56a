// A sentence that shows for a while, with a way back.
import { h } from './dom.js';

const SHOWN = 6000;
let shown;

/** @param {string} text @param {{ undo?: () => void }} [options] */
export function toast(text, { undo } = {}) {
  shown?.();
  const element = h('div', { class: 'toast', role: 'status' }, h('span', {}, text),
    undo && h('button', { onclick: () => { undo(); gone(); } }, 'Undo'));
  const timer = setTimeout(() => gone(), SHOWN);
  const gone = () => {
    clearTimeout(timer);
    element.remove();
    shown = undefined;
  };
  shown = gone;
  document.body.append(element);
}
