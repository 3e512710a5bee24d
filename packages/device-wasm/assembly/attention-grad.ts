import { blockRows, scoreBlock, seen } from './attention';
import { expRow, inverse, scaleRow, topOf } from './attention-rows';
import { packColumns, packRows } from './gemm-pack';
import { rowTile, tileRows, turnedTile } from './gemm-rows';
import { addLanes } from './sums';

// Gradient of attention. A block of queries holds its whole rows of scores, so that the weights P and their gradient dP are computed once
// and no statistics of the forward pass are needed; memory grows with the keys, never with queries times keys. With g the gradient of
// the output:  dP = g·Vᵀ,  dS = P ⊙ (dP - Σ_j P ⊙ dP),  dQ = scale·dS·K,  dK = scale·dSᵀ·Q,  dV = Pᵀ·g.

/** Most queries of a block, and about how many bytes of second-level cache their rows of P and dP may take. */
const QUERIES: i32 = 64;
const ROWS_BYTES: i32 = 1 << 20;
/** Depth of one stretch of dS·K: a panel's stretch stays in the first-level cache. */
const DEPTH: i32 = 512;

/** Bytes from row to row of P; whole cache lines, and no power of two, which would crowd a column into a few sets of the cache. */
@inline
function rowBytes(m: i32): usize {
  return ((<usize>m << 2) + 127) & ~63;
}

@inline
function queriesOf(n: i32, m: i32): i32 {
  return blockRows(n, min(QUERIES, max(4, (ROWS_BYTES / (<i32>rowBytes(m) * 2)) & ~3)));
}

/** Blocks of queries: the most parts that a product may be cut into. */
export function attentionGradBlocks(n: i32, m: i32): i32 {
  const size = queriesOf(n, m);
  return (n + size - 1) / size;
}

/** Bytes that a range of tasks needs. */
export function attentionGradBytes(n: i32, m: i32, d: i32, e: i32): i32 {
  const size = queriesOf(n, m);
  const keys = (((m + 7) >> 3) * (d + e) + ((d + 7) >> 3) * m) << 5;
  const queries = ((((d + 7) >> 3) + ((e + 7) >> 3)) * size) << 5;
  return keys + queries + 2 * size * <i32>rowBytes(m);
}

/**
 * Tasks [begin, end): task t adds the share of every `parts`-th block of queries of product t / parts.
 * `table`: nine i32 addresses per product: query, key, value, g, bias (0: none; rows `ldBias` bytes apart), dQ, dK, dV, dS (0: not wanted).
 * With several parts dK and dV are those of part 0 in a row of `parts` copies each, `stepK` and `stepV` bytes apart.
 * scratch: `slot` bytes per `grain` tasks.
 */
export function attentionGrad(
  begin: i32, end: i32, table: usize, parts: i32, n: i32, m: i32, d: i32, e: i32, ldBias: usize, scale: f32, causal: i32,
  stepK: usize, stepV: usize, scratch: usize, slot: usize, grain: i32,
): void {
  const size = queriesOf(n, m);
  const keyPanels = scratch + <usize>(begin / grain) * slot;
  const valuePanels = keyPanels + (<usize>(((m + 7) >> 3) * d) << 5);
  const keyRows = valuePanels + (<usize>(((m + 7) >> 3) * e) << 5);
  const queryRows = keyRows + (<usize>(((d + 7) >> 3) * m) << 5);
  const gradRows = queryRows + (<usize>(((d + 7) >> 3) * size) << 5);
  const P = gradRows + (<usize>(((e + 7) >> 3) * size) << 5);
  const dP = P + <usize>size * rowBytes(m);
  for (let task = begin; task < end; task++) {
    const at = table + <usize>(task / parts) * 36;
    const part = task % parts;
    const key = <usize>load<u32>(at, 4), value = <usize>load<u32>(at, 8);
    const dK = <usize>load<u32>(at, 24) + <usize>part * stepK, dV = <usize>load<u32>(at, 28) + <usize>part * stepV;
    memory.fill(dK, 0, <usize>(m * d) << 2);
    memory.fill(dV, 0, <usize>(m * e) << 2);
    if (part == 0 || task == begin) {
      packColumns(0, (m + 7) >> 3, m, d, key, <usize>d << 2, keyPanels);
      packColumns(0, (m + 7) >> 3, m, e, value, <usize>e << 2, valuePanels);
      packRows(0, (d + 7) >> 3, d, m, key, <usize>d << 2, keyRows);
    }
    for (let i0 = part * size; i0 < n; i0 += parts * size) {
      const rows = min(size, n - i0);
      const query = <usize>load<u32>(at) + (<usize>(i0 * d) << 2);
      const g = <usize>load<u32>(at, 12) + (<usize>(i0 * e) << 2);
      const bias = <usize>load<u32>(at, 16);
      const dS = <usize>load<u32>(at, 32);
      const stop = causal ? min(m, i0 + rows) : m;
      scoreBlock(i0, rows, 0, stop, d, query, keyPanels, bias ? bias + <usize>i0 * ldBias : 0, ldBias, scale, causal, P, rowBytes(m));
      scoreBlock(i0, rows, 0, stop, e, g, valuePanels, 0, 0, 1, causal, dP, rowBytes(m));
      for (let i = 0; i < rows; i++) {
        const shift = <usize>i * rowBytes(m);
        const count = seen(i0 + i, 0, stop, causal);
        weigh(count, stop, P + shift, dP + shift);
        if (dS) {
          const row = dS + (<usize>((i0 + i) * m) << 2);
          memory.copy(row, dP + shift, <usize>count << 2);
          memory.fill(row + (<usize>count << 2), 0, <usize>(m - count) << 2);
        }
      }
      queries(i0, rows, stop, m, d, causal, dP, keyRows, <usize>load<u32>(at, 20) + (<usize>(i0 * d) << 2), scale);
      packRows(0, (d + 7) >> 3, d, rows, query, <usize>d << 2, queryRows);
      packRows(0, (e + 7) >> 3, e, rows, g, <usize>e << 2, gradRows);
      keys(i0, rows, stop, m, d, causal, dP, queryRows, dK, scale);
      keys(i0, rows, stop, m, e, causal, P, gradRows, dV, 1);
    }
  }
}

/** Scores become weights and their gradient that of the scores; both are zero from `count` to `stop`. */
function weigh(count: i32, stop: i32, p: usize, q: usize): void {
  const sum = expRow(p, count, topOf(p, count, -Infinity));
  scaleRow(p, count, inverse(sum));
  let total = f32x4.splat(0);
  // Behind `count` the last vector of p holds zeros, and q whatever lay there.
  const past = <usize>count << 2;
  for (let j = count; j < ((count + 3) & ~3); j++) store<f32>(q + (<usize>j << 2), 0);
  for (let at: usize = 0; at < past; at += 16) total = f32x4.add(total, f32x4.mul(v128.load(p + at), v128.load(q + at)));
  const mean = f32x4.splat(addLanes(total));
  for (let at: usize = 0; at < past; at += 16) {
    v128.store(q + at, f32x4.mul(v128.load(p + at), f32x4.sub(v128.load(q + at), mean)));
  }
  if (stop > count) {
    memory.fill(p + past, 0, <usize>(stop - count) << 2);
    memory.fill(q + past, 0, <usize>(stop - count) << 2);
  }
}

/** dQ of a block = scale·dS·K. */
function queries(
  i0: i32, rows: i32, stop: i32, m: i32, d: i32, causal: i32, dS: usize, keyRows: usize, dQ: usize, scale: f32,
): void {
  const ldq = <usize>d << 2;
  for (let j0 = 0; j0 < stop; j0 += DEPTH) {
    const count = min(DEPTH, stop - j0);
    for (let p = 0; p < d; p += 8) {
      const b = keyRows + (<usize>((p >> 3) * m + j0) << 5);
      const c = dQ + (<usize>p << 2);
      for (let i = 0, t = 0; i < rows; i += t) {
        t = tileRows(rows - i);
        const depth = seen(i0 + i + t - 1, j0, count, causal);
        if (depth > 0) {
          rowTile(i, t, dS + (<usize>j0 << 2), rowBytes(m), b, depth, c, ldq, j0 > 0 ? c : 0, ldq, min(8, d - p), scale);
        }
      }
    }
  }
}

/** dK or dV [m][w] += scale·Aᵀ·B, A the block's dS or P and B its queries or gradients as panels over w. */
function keys(i0: i32, rows: i32, stop: i32, m: i32, w: i32, causal: i32, a: usize, b: usize, c: usize, scale: f32): void {
  const lda = rowBytes(m), ldc = <usize>w << 2;
  for (let j = 0; j < stop; j += 4) {
    // Queries before j see none of these keys.
    const from = causal ? max(0, j - i0) : 0;
    const column = a + (<usize>j << 2) + <usize>from * lda;
    for (let p = 0; p < w; p += 8) {
      const panel = b + (<usize>((p >> 3) * rows + from) << 5);
      turnedTile(min(4, stop - j), column, lda, panel, rows - from, c + (<usize>p << 2), ldc, min(8, w - p), scale);
    }
    c += 4 * ldc;
  }
}

/** Rows [begin, end), one per product: `to` [size] becomes the sum of `parts` rows of `from`. */
export function addParts(begin: i32, end: i32, parts: i32, size: i32, from: usize, to: usize): void {
  const row = <usize>size << 2;
  for (let product = begin; product < end; product++) {
    const first = from + <usize>(product * parts) * row;
    const c = to + <usize>product * row;
    memory.copy(c, first, row);
    for (let p = 1; p < parts; p++) addRow(c, first + <usize>p * row, size);
  }
}

function addRow(c: usize, x: usize, n: i32): void {
  for (; n >= 4; n -= 4) {
    v128.store(c, f32x4.add(v128.load(c), v128.load(x)));
    c += 16;
    x += 16;
  }
  for (; n > 0; n--) {
    store<f32>(c, load<f32>(c) + load<f32>(x));
    c += 4;
    x += 4;
  }
}
