import { correction, expRow, inverse, scaleRow, topOf } from './attention-rows';
import { fewColumns, fewRows } from './gemm-few';
import { packColumns, packRows } from './gemm-pack';
import { rowTile, tileRows } from './gemm-rows';

// softmax(scale·Q·Kᵀ + bias)·V without the matrix of scores: a block of queries walks along the keys, block by block, and keeps for each
// query the largest score m and the sum l of exponentials so far; when m grows, what was added up before is scaled down (online softmax:
// Milakov and Gimelshein, arXiv 1805.02867; Dao et al., arXiv 2205.14135).

/** Queries and keys of a block: its scores then share the first-level cache with a panel of each operand. */
const QUERIES: i32 = 64;
const KEYS: i32 = 128;
const SCORE_ROW: usize = <usize>KEYS << 2;
/** With so few queries, packing the keys would cost more than the products. */
const FEW: i32 = 4;

/** Queries per block: whole register tiles, blocks of even length. */
@inline
export function blockRows(n: i32, most: i32): i32 {
  const blocks = (n + most - 1) / most;
  return ((n + blocks - 1) / blocks + 3) & ~3;
}

/** Blocks of queries: the most parts that a product may be cut into. */
export function attentionBlocks(n: i32): i32 {
  const size = blockRows(n, QUERIES);
  return n <= FEW ? 1 : (n + size - 1) / size;
}

/** Bytes that a range of tasks needs. */
export function attentionBytes(n: i32, m: i32, d: i32, e: i32): i32 {
  if (n <= FEW) return (((n * m + 4) << 2) + 15) & ~15;
  return ((((m + 7) >> 3) * d) << 5) + ((((e + 7) >> 3) * m) << 5) + (QUERIES << 2) * (KEYS + 2);
}

/**
 * Tasks [begin, end): task t does every `parts`-th block of queries of product t / parts.
 * `table`: five i32 addresses per product: query [n][d], key [m][d], value [m][e], bias (0: none; rows `ldBias` bytes apart), output [n][e].
 * scratch: `slot` bytes per `grain` tasks.
 */
export function attention(
  begin: i32, end: i32, table: usize, parts: i32, n: i32, m: i32, d: i32, e: i32, ldBias: usize, scale: f32, causal: i32,
  scratch: usize, slot: usize, grain: i32,
): void {
  const own = scratch + <usize>(begin / grain) * slot;
  const keyPanels = own;
  const valuePanels = keyPanels + (<usize>(((m + 7) >> 3) * d) << 5);
  const scores = valuePanels + (<usize>(((e + 7) >> 3) * m) << 5);
  const size = blockRows(n, QUERIES);
  let lastKey: usize = 0, lastValue: usize = 0;
  for (let task = begin; task < end; task++) {
    const at = table + <usize>(task / parts) * 20;
    const query = <usize>load<u32>(at), key = <usize>load<u32>(at, 4), value = <usize>load<u32>(at, 8);
    const bias = <usize>load<u32>(at, 12), out = <usize>load<u32>(at, 16);
    if (n <= FEW) {
      few(n, m, d, e, query, key, value, bias, ldBias, out, scale, causal, own);
      continue;
    }
    if (key != lastKey) packColumns(0, (m + 7) >> 3, m, d, key, <usize>d << 2, keyPanels);
    if (value != lastValue) packRows(0, (e + 7) >> 3, e, m, value, <usize>e << 2, valuePanels);
    lastKey = key;
    lastValue = value;
    for (let i0 = (task % parts) * size; i0 < n; i0 += parts * size) {
      block(i0, min(size, n - i0), m, d, e, query, keyPanels, valuePanels, bias, ldBias, out, scale, causal, scores);
    }
  }
}

/** Keys from j0 on that row i of all queries sees, of `count`; never negative. */
@inline
export function seen(i: i32, j0: i32, count: i32, causal: i32): i32 {
  return causal ? max(0, min(count, i - j0 + 1)) : count;
}

function block(
  i0: i32, rows: i32, m: i32, d: i32, e: i32, query: usize, keyPanels: usize, valuePanels: usize, bias: usize, ldBias: usize,
  out: usize, scale: f32, causal: i32, scores: usize,
): void {
  const tops = scores + <usize>QUERIES * SCORE_ROW;
  const sums = tops + (<usize>QUERIES << 2);
  for (let i = 0; i < rows; i++) {
    store<f32>(tops + (<usize>i << 2), -Infinity);
    store<f32>(sums + (<usize>i << 2), 0);
  }
  const ldq = <usize>d << 2, ldo = <usize>e << 2;
  query += <usize>i0 * ldq;
  out += <usize>i0 * ldo;
  if (bias) bias += <usize>i0 * ldBias;
  const stop = causal ? min(m, i0 + rows) : m;
  // A single block of keys is cheaper to normalise than the output, and needs no second pass over it.
  const whole = stop <= KEYS;
  for (let j0 = 0; j0 < stop; j0 += KEYS) {
    const count = min(KEYS, stop - j0);
    const first = keyPanels + (<usize>((j0 >> 3) * d) << 5);
    scoreBlock(i0, rows, j0, count, d, query, first, bias ? bias + (<usize>j0 << 2) : 0, ldBias, scale, causal, scores, SCORE_ROW);
    softmaxBlock(i0, rows, j0, count, e, causal, whole, scores, tops, sums, out);
    for (let p = 0; p < e; p += 8) {
      const cols = min(8, e - p);
      const values = valuePanels + (<usize>((p >> 3) * m + j0) << 5);
      const c = out + (<usize>p << 2);
      for (let i = 0, t = 0; i < rows; i += t) {
        t = tileRows(rows - i);
        const depth = seen(i0 + i + t - 1, j0, count, causal);
        if (depth > 0) rowTile(i, t, scores, SCORE_ROW, values, depth, c, ldo, j0 > 0 ? c : 0, ldo, cols, 1);
      }
    }
  }
  if (whole) return;
  for (let i = 0; i < rows; i++) scaleRow(out + <usize>i * ldo, e, inverse(load<f32>(sums + (<usize>i << 2))));
}

/** Scores of `rows` queries with `count` keys, whose packed panels begin at `panels`; tiles that no query of theirs sees are left out. */
export function scoreBlock(
  i0: i32, rows: i32, j0: i32, count: i32, d: i32, query: usize, panels: usize, bias: usize, ldBias: usize, scale: f32, causal: i32,
  scores: usize, lds: usize,
): void {
  const ldq = <usize>d << 2;
  for (let p = 0; p < count; p += 8) {
    const cols = min(8, count - p);
    const shift = <usize>p << 2;
    for (let i = 0, t = 0; i < rows; i += t) {
      t = tileRows(rows - i);
      if (causal && i0 + i + t - 1 < j0 + p) continue;
      rowTile(i, t, query, ldq, panels, d, scores + shift, lds, bias ? bias + shift : 0, ldBias, cols, scale);
    }
    panels += <usize>d << 5;
  }
}

/** Exponentials of a block of scores; each query's top and sum move on, and its output so far is scaled to the new top. */
function softmaxBlock(
  i0: i32, rows: i32, j0: i32, count: i32, e: i32, causal: i32, whole: bool, scores: usize, tops: usize, sums: usize,
  out: usize,
): void {
  for (let i = 0; i < rows; i++) {
    const p = scores + <usize>i * SCORE_ROW;
    const at = <usize>i << 2;
    const n = seen(i0 + i, j0, count, causal);
    if (n > 0) {
      const before = load<f32>(tops + at);
      const top = topOf(p, n, before);
      const sum = expRow(p, n, top);
      const factor = correction(before, top);
      store<f32>(tops + at, top);
      store<f32>(sums + at, load<f32>(sums + at) * factor + sum);
      if (whole) scaleRow(p, n, inverse(sum));
      else if (j0 > 0 && factor != 1) scaleRow(out + <usize>i * (<usize>e << 2), e, factor);
    }
    // Queries of one register tile share the longest reach among them.
    const reach = min(count, n + 4);
    for (let j = n; j < reach; j++) store<f32>(p + (<usize>j << 2), 0);
  }
}

/** Without packing: dot products with the rows of K, sums of the rows of V. */
function few(
  n: i32, m: i32, d: i32, e: i32, query: usize, key: usize, value: usize, bias: usize, ldBias: usize, out: usize, scale: f32,
  causal: i32, scores: usize,
): void {
  fewColumns(0, m, n, m, d, query, key, scores);
  const sums = scores + (<usize>(n * m) << 2);
  for (let i = 0; i < n; i++) {
    const p = scores + (<usize>(i * m) << 2);
    const count = seen(i, 0, m, causal);
    for (let j = 0; j < count; j++) {
      const at = p + (<usize>j << 2);
      store<f32>(at, load<f32>(at) * scale + (bias ? load<f32>(bias + <usize>i * ldBias + (<usize>j << 2)) : 0));
    }
    // The last vector of a row reaches into the next one, whose beginning therefore is put back.
    const next = v128.load(p + (<usize>count << 2));
    const sum = expRow(p, count, topOf(p, count, -Infinity));
    v128.store(p + (<usize>count << 2), next);
    store<f32>(sums + (<usize>i << 2), sum);
    for (let j = count; j < m; j++) store<f32>(p + (<usize>j << 2), 0);
  }
  fewRows(0, e, n, e, m, scores, value, out);
  for (let i = 0; i < n; i++) scaleRow(out + (<usize>(i * e) << 2), e, inverse(load<f32>(sums + (<usize>i << 2))));
}
