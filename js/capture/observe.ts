import type { Kind, Profile, Stop } from '../types.js';

/** So much of an element must be on screen, for so long, before it counts as seen. */
const VISIBLE = 0.5;
const SEEN_AFTER = 1_000;

/**
 * Records what happens to elements with `data-item="id"` below `root`: seen for a second = impression
 * (or `view`, where the element also has `data-view`), chosen = click. Within `data-list="for-you"` or
 * `"buy-again"` it counts as recommended, within `data-arm` as of that arm (and what is popular is not
 * recommended). A button within an element is not a click on the item.
 */
export function observe(root: ParentNode & Node, record: Profile['record']): Stop {
  const seen = new WeakMap<Element, string>();
  const timers = new Map<Element, ReturnType<typeof setTimeout>>();

  const note = (element: Element, kind: Kind): void => {
    const item = element.getAttribute('data-item');
    if (item === null || item === '') return;
    const arm = element.closest('[data-arm]')?.getAttribute('data-arm');
    const recommended = element.closest('[data-list]') !== null && arm !== 'popular';
    record(kind, item, arm === 'personal' || arm === 'popular' ? { recommended, arm } : { recommended });
  };

  const visible = new IntersectionObserver((entries) => {
    for (const { target, intersectionRatio } of entries) {
      clearTimeout(timers.get(target));
      timers.delete(target);
      const item = target.getAttribute('data-item') ?? '';
      if (intersectionRatio < VISIBLE || seen.get(target) === item) continue;
      timers.set(target, setTimeout(() => {
        timers.delete(target);
        seen.set(target, item);
        note(target, target.hasAttribute('data-view') ? 'view' : 'impression');
      }, SEEN_AFTER));
    }
  }, { threshold: VISIBLE });

  const watch = (within: ParentNode): void => {
    for (const element of within.querySelectorAll('[data-item]')) visible.observe(element);
  };
  const added = new MutationObserver((changes) => {
    for (const change of changes) {
      for (const node of change.addedNodes) {
        if (!(node instanceof Element)) continue;
        if (node.hasAttribute('data-item')) visible.observe(node);
        watch(node);
      }
    }
  });
  const clicked = (event: Event): void => {
    if (!(event.target instanceof Element)) return;
    const element = event.target.closest('[data-item]');
    const control = event.target.closest('button, input, select, textarea');
    if (element !== null && (control === null || !element.contains(control))) note(element, 'click');
  };

  watch(root);
  added.observe(root, { childList: true, subtree: true });
  root.addEventListener('click', clicked);
  return () => {
    visible.disconnect();
    added.disconnect();
    timers.forEach((timer) => { clearTimeout(timer); });
    root.removeEventListener('click', clicked);
  };
}
