// The plot that the front page shows: how many times as long each method takes, a mark for each number of items.
// Colours follow the reader's scheme; all text is text.

const WIDTH = 790, LEFT = 350, RIGHT = 24, TOP = 64, ROW = 27;
const SHAPES = [
  (x, y) => `<circle class="a" cx="${x}" cy="${y}" r="5"/>`,
  (x, y) => `<rect class="b" x="${x - 4.5}" y="${y - 4.5}" width="9" height="9"/>`,
  (x, y) => `<path class="c" d="M${x} ${y - 6}l6 11h-12z"/>`,
];

/** @param results one for each number of items, as `rank.mjs` returns them */
export function draw(results) {
  const ratio = ({ methods }, name) => {
    const [own, one] = ['homebody', name].map((wanted) => methods.find((method) => method.name === wanted)?.median);
    return one === undefined ? undefined : one / own;
  };
  const names = [...new Set(results.flatMap(({ methods }) => methods.map(({ name }) => name)))];
  const rows = names.map((name) => ({ name, ratios: results.map((result) => ratio(result, name)) }))
    .sort((a, b) => mean(a.ratios) - mean(b.ratios));
  const all = rows.flatMap(({ ratios }) => ratios).filter((value) => value !== undefined);
  const [low, high] = [Math.log10(Math.min(...all)) - 0.1, Math.log10(Math.max(...all)) + 0.1];
  const x = (value) => Math.round((LEFT + ((Math.log10(value) - low) / (high - low)) * (WIDTH - LEFT - RIGHT)) * 10) / 10;
  const height = TOP + rows.length * ROW + 14;
  const ticks = [0.1, 0.3, 1, 3, 10, 30, 100, 300].filter((tick) => Math.log10(tick) > low && Math.log10(tick) < high);
  const lines = [
    ...ticks.map((tick) => `<path class="${tick === 1 ? 'one' : 'grid'}" d="M${x(tick)} ${TOP - 6}V${height - 8}"/><text class="tick" x="${x(tick)}" y="${TOP - 12}">${tick}×</text>`),
    ...results.map(({ items }, at) => `${SHAPES[at % 3](LEFT + at * 150, 18)}<text x="${LEFT + at * 150 + 12}" y="22.5">${items.toLocaleString('en')} items</text>`),
    ...rows.flatMap(({ name, ratios }, row) => {
      const y = TOP + row * ROW + 12;
      return [
        `<text class="name${name.startsWith('homebody') ? ' own' : ''}" x="${LEFT - 14}" y="${y + 4.5}">${escaped(name)}</text>`,
        ...ratios.map((value, at) => (value === undefined ? '' : SHAPES[at % 3](x(value), y))),
      ];
    }),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="t">
<title id="t">Time to find the 20 best items, as a multiple of homebody's</title>
<style>
text{font:13px system-ui,sans-serif;fill:#1f2328}.name,.tick{text-anchor:end}.tick{text-anchor:middle;fill:#59636e;font-size:12px}.own{font-weight:600}
.grid{stroke:#d1d9e0}.one{stroke:#59636e;stroke-dasharray:3 3}.a{fill:#0a7d5a}.b{fill:#b35900}.c{fill:#6639ba}
@media(prefers-color-scheme:dark){text{fill:#f0f6fc}.tick{fill:#9198a1}.grid{stroke:#3d444d}.one{stroke:#9198a1}.a{fill:#3fb68b}.b{fill:#f0883e}.c{fill:#ab7df8}}
</style>
${lines.filter(Boolean).join('\n')}
</svg>
`;
}

function mean(ratios) {
  const logs = ratios.filter((value) => value !== undefined).map(Math.log);
  return logs.reduce((sum, value) => sum + value, 0) / logs.length;
}

const escaped = (text) => text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
