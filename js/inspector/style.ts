/** Colours follow the page's `color-scheme`; a page changes them, and the corners, by the properties named `--homebody-…`. */
const CSS = `
:host {
  --ground: var(--homebody-ground, light-dark(#ffffff, #1e2326));
  --text: var(--homebody-text, light-dark(#20261f, #e8e9e4));
  --muted: var(--homebody-muted, light-dark(#575e55, #a9b0a8));
  --line: var(--homebody-line, light-dark(#d9d6cc, #3d4549));
  --accent: var(--homebody-accent, light-dark(#17694a, #6fd0a4));
  --on-accent: var(--homebody-on-accent, light-dark(#ffffff, #0c1f17));
  --danger: var(--homebody-danger, light-dark(#a32a1f, #ff9d90));
  --radius: var(--homebody-radius, 0.5rem);
  display: block; container-type: inline-size; color: var(--text); line-height: 1.5; overflow-wrap: anywhere;
}
:host([hidden]), [hidden] { display: none !important; }
* { box-sizing: border-box; }
h2 { font-size: 1.05rem; line-height: 1.3; margin: 1.5rem 0 0.5rem; }
p { margin: 0.5rem 0; max-width: 46rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.muted { color: var(--muted); font-size: 0.9rem; }
.row { display: flex; flex-wrap: wrap; align-items: center; gap: 0.4rem 0.5rem; margin: 0.5rem 0; }
button { font: inherit; font-size: 0.9rem; color: inherit; min-height: 2.25rem; padding: 0.25rem 0.75rem; cursor: pointer; border: 1px solid var(--line); border-radius: var(--radius); background: var(--ground); }
button:hover { border-color: var(--accent); }
button.danger { color: var(--danger); border-color: var(--danger); }
button[aria-pressed='true'] { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); }
summary { cursor: pointer; color: var(--accent); width: fit-content; font-size: 0.9rem; padding-block: 0.2rem; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.2rem 1rem; margin: 0.5rem 0; }
dt { color: var(--muted); }
dd { margin: 0; }
.said:not(:empty) { border-inline-start: 3px solid var(--accent); padding-inline-start: 0.75rem; }

[role='tablist'] { display: flex; flex-wrap: wrap; gap: 0.25rem; border-bottom: 1px solid var(--line); margin-top: 1rem; }
[role='tab'] { border-color: transparent; border-radius: var(--radius) var(--radius) 0 0; border-bottom: 3px solid transparent; background: none; font-size: 1rem; }
[role='tab'][aria-selected='true'] { border-bottom-color: var(--accent); font-weight: 600; }
[role='tabpanel'] { padding-block: 0.75rem; }

ul, ol { list-style: none; padding: 0; margin: 0.5rem 0; }
li { padding: 0.6rem 0; border-bottom: 1px solid var(--line); min-width: 0; }
.interest { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0.1rem 1rem; align-items: baseline; }
.interest .figure { font-variant-numeric: tabular-nums; white-space: nowrap; }
.interest > .bar, .interest > .muted, .interest > details { grid-column: 1 / -1; }
.bar { height: 0.6rem; border-radius: 0.3rem; background: var(--line); overflow: hidden; }
.bar::before { content: ''; display: block; height: 100%; width: calc(var(--share) * 100%); background: var(--accent); border-radius: inherit; }
.tag { display: inline-block; border: 1px solid currentColor; border-radius: 1rem; padding: 0 0.5rem; font-size: 0.8rem; color: var(--accent); }
.change > p { margin: 0.1rem 0; }
.arrow { color: var(--accent); font-weight: 600; }

.scroll { overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; font-size: 0.9rem; overflow-wrap: normal; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
th, td { text-align: start; vertical-align: top; padding: 0.35rem 0.9rem 0.35rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; color: var(--muted); }
td { min-width: 4rem; }
.number { text-align: end; white-space: nowrap; font-variant-numeric: tabular-nums; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: 0.8rem; margin: 0.25rem 0; }
svg { display: block; max-width: 100%; height: auto; border: 1px solid var(--line); border-radius: var(--radius); }
svg text { fill: var(--text); font-size: 11px; }
svg .centre { fill: var(--muted); }
svg .path { fill: none; stroke: var(--accent); stroke-width: 1.5; stroke-dasharray: 4 3; }
svg .step { fill: var(--accent); opacity: 0.6; }
svg .here { fill: var(--accent); stroke: var(--ground); stroke-width: 2; }
svg text { paint-order: stroke; stroke: var(--ground); stroke-width: 3px; }
svg text.you { font-weight: 700; fill: var(--accent); }
dialog { max-width: min(32rem, calc(100vw - 2rem)); color: var(--text); background: var(--ground); border: 1px solid var(--line); border-radius: var(--radius); padding: 1.25rem; }
dialog h2 { margin-top: 0; }
dialog::backdrop { background: rgb(0 0 0 / 0.5); }
@container (width < 34rem) {
  [role='tab'] { padding-inline: 0.5rem; font-size: 0.9rem; }
  .wide { display: none; }
}
@media (prefers-reduced-motion: no-preference) {
  .bar::before { transition: width 0.3s ease-out; }
}
`;

let sheet: CSSStyleSheet | undefined;

/** One sheet for all inspectors of a page; a constructed one needs no exception in a CSP. */
export function styles(): CSSStyleSheet {
  if (sheet === undefined) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
  }
  return sheet;
}
