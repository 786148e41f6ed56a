// The bundle's table as the others need it, and the exact answer to a question.

/** Reads the tensors that a comparison needs from a safetensors file. */
export function readTable(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const length = Number(view.getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  const data = (name) => bytes.slice(8 + length + header[name].data_offsets[0], 8 + length + header[name].data_offsets[1]);
  const [items, dim] = header.factors.shape;
  const values = new Int8Array(data('factors').buffer);
  const scale = new Float32Array(data('factors.scale').buffer);
  const category = header.category && new Uint16Array(data('category').buffer);
  const bias = header.bias && new Float32Array(data('bias').buffer);
  const categories = category ? header['category.names.offsets'].shape[0] - 1 : 0;
  return { items, dim, values, scale, category, categories, bias };
}

export const floats = ({ values, scale, dim }) => Float32Array.from(values, (value, at) => value * scale[at % dim]);

export function transpose(table, items, dim) {
  const turned = new table.constructor(table.length);
  for (let item = 0; item < items; item++) for (let j = 0; j < dim; j++) turned[j * items + item] = table[item * dim + j];
  return turned;
}

/** What a score is made of: the vector, the interest in each category, the weight of the bias. */
function parts({ values, scale, dim, category, categories, bias }, item) {
  const row = new Array(dim + categories + (bias ? 1 : 0)).fill(0);
  for (let j = 0; j < dim; j++) row[j] = values[item * dim + j] * scale[j];
  if (category) row[dim + category[item]] = 1;
  if (bias) row[dim + categories] = bias[item];
  return row;
}

/** Items whose scores tell all parts of a question: some by chance, and two of each category. */
export function telling({ items, dim, category, categories }, random) {
  const chosen = new Set(Array.from({ length: dim + 16 }, () => Math.floor(random() * items)));
  const count = new Array(categories).fill(0);
  for (let item = 0; category && item < items; item++) if (count[category[item]]++ < 2) chosen.add(item);
  return [...chosen];
}

/** The question behind some scores, by elimination: what has 24 bits in the core comes out whole. */
export function question(table, scored) {
  const rows = scored.map(({ item, score }) => [...parts(table, item), score]);
  const size = rows[0].length - 1;
  for (let j = 0; j < size; j++) {
    let pivot = j;
    for (let row = j + 1; row < rows.length; row++) if (Math.abs(rows[row][j]) > Math.abs(rows[pivot][j])) pivot = row;
    [rows[j], rows[pivot]] = [rows[pivot], rows[j]];
    for (let row = 0; row < rows.length; row++) {
      const by = row === j ? 0 : rows[row][j] / rows[j][j];
      if (by !== 0) for (let at = j; at <= size; at++) rows[row][at] -= by * rows[j][at];
    }
  }
  return Float32Array.from({ length: size }, (_, j) => rows[j][size] / rows[j][j]);
}

/** The k best by scores in f64 with at most `cap` of one category; of equals the first. */
export function reference(table, asked, k, { cap = Infinity, without = [] } = {}) {
  const { values, scale, items, dim, category, categories, bias } = table;
  const weights = Float64Array.from({ length: dim }, (_, j) => asked[j] * scale[j]);
  const best = [], taken = new Map(), left = new Set(without);
  const scores = Float64Array.from({ length: items }, (_, item) => {
    let score = 0;
    for (let j = 0, at = item * dim; j < dim; j++) score += values[at++] * weights[j];
    return score + (category ? asked[dim + category[item]] : 0) + (bias ? asked[dim + categories] * bias[item] : 0);
  });
  if (cap === Infinity && left.size === 0) {
    scores.forEach((score, item) => { keep(best, k, item, score); });
    return best.map(({ item }) => item);
  }
  const order = Uint32Array.from({ length: items }, (_, item) => item).sort((a, b) => scores[b] - scores[a] || a - b);
  for (const item of order) {
    const count = taken.get(category[item]) ?? 0;
    if (left.has(item) || count === cap) continue;
    taken.set(category[item], count + 1);
    best.push(item);
    if (best.length === k) break;
  }
  return best;
}

/** Puts an item into a list of the k best, if it belongs there. */
export function keep(best, k, item, score) {
  if (best.length === k && score <= best[k - 1].score) return;
  let at = best.length === k ? k - 1 : best.length;
  for (; at > 0 && best[at - 1].score < score; at--) best[at] = best[at - 1];
  best[at] = { item, score };
}
