import { depthwise } from '../../../packages/device-wasm/assembly/depthwise';
import { gemmBlock } from '../../../packages/device-wasm/assembly/gemm';
import { packColumns, packRows } from '../../../packages/device-wasm/assembly/gemm-pack';
import { softmaxRows } from './softmax';

// Cascaded group attention on windows of channels-last maps (paper §3.2, eq. 1-2). Letters as in the paper and in the op:
//   X_j  channel slice j of the input     Q, K, V  head j's projections     h heads, d key width, v value width = C / h
//   R    window side, N = R·R tokens      M = N rounded up to 4: score columns, the padding ones hold -1e30
// No window is ever cut out: the first product reads rows of the map through a table, the last pass writes through another.

/** Token rows of a window: where to read (the zero row when padded) and where to write (negative when padded), as byte offsets. */
function windowRows(
  image: i32, wy: i32, wx: i32, H: i32, W: i32, C: i32, R: i32, zeros: i32, inRows: usize, outRows: usize,
): void {
  for (let ty = 0; ty < R; ty++) {
    for (let tx = 0; tx < R; tx++) {
      const y = wy * R + ty, x = wx * R + tx;
      const inside = y < H && x < W;
      const offset = (((image * H + y) * W + x) * C) << 2;
      store<i32>(inRows, inside ? offset : zeros);
      store<i32>(outRows, inside ? offset : -1);
      inRows += 4;
      outRows += 4;
    }
  }
}

/** O ← O·scale by row; y ← ReLU(O) where the token exists, and F ← X + O, the next head's input; `x` is 0 after the last head. */
function handOn(N: i32, v: i32, o: usize, scales: usize, y: usize, outRows: usize, x: usize, inRows: usize, f: usize): void {
  const zero = f32x4.splat(0);
  const bytes = <usize>v << 2;
  for (let t = 0; t < N; t++) {
    const to = load<i32>(outRows + (<usize>t << 2));
    const from = x + load<i32>(inRows + (<usize>t << 2));
    const scale = load<f32>(scales + (<usize>t << 2));
    const scale4 = f32x4.splat(scale);
    let i: usize = 0;
    for (; i + 16 <= bytes; i += 16) {
      const value = f32x4.mul(v128.load(o + i), scale4);
      if (to >= 0) v128.store(y + to + i, f32x4.pmax(value, zero));
      if (x) v128.store(f + i, f32x4.add(value, v128.load(from + i)));
    }
    for (; i < bytes; i += 4) {
      const value = load<f32>(o + i) * scale;
      if (to >= 0) store<f32>(y + to + i, value < 0 ? 0 : value);
      if (x) store<f32>(f + i, value + load<f32>(from + i));
    }
    o += bytes;
    f += bytes;
  }
}

/** Bytes of working memory that one caller of `cascade` needs. */
export function cascadeBytes(R: i32, C: i32, h: i32, d: i32): i32 {
  const N = R * R, M = (N + 3) & ~3, v = C / h, n = 2 * d + v;
  const panels = ((N + 7) >> 3) * d + ((v + 7) >> 3) * N;
  return (((N * (n + d + M + 2 * v + 3) + C + 8 * panels) << 2) + 63) & ~63;
}

/**
 * Windows [begin, end) of images·wy·wx. x, y: `[images][H][W][C]`. qkv: per head, packed panels of its [2d + v][C / h] matrix;
 * qkvBias [h][2d + v]; kernels: i32 [h] depthwise sides; dw: per head `[k][k][d]`; dwBias [h][d]; bias `[h][N][M]`.
 * Callers work in `scratch + (begin / grain)·cascadeBytes`, so that threads do not meet.
 */
export function cascade(
  begin: i32, end: i32, grain: i32, x: usize, y: usize, H: i32, W: i32, C: i32, R: i32, wy: i32, wx: i32, h: i32, d: i32,
  kernels: usize, qkv: usize, qkvBias: usize, dw: usize, dwBias: usize, bias: usize, scratch: usize,
): void {
  const N = R * R, M = (N + 3) & ~3, v = C / h, n = 2 * d + v;
  const qkvPanels = ((n + 7) >> 3) * v << 5;
  let free = scratch + <usize>(begin / grain) * <usize>cascadeBytes(R, C, h, d);
  const kPanels = free; free += <usize>(((N + 7) >> 3) * d) << 5;
  const vPanels = free; free += <usize>(((v + 7) >> 3) * N) << 5;
  const scores = free; free += <usize>(N * M) << 2;
  const projected = free; free += <usize>(N * n) << 2;
  const query = free; free += <usize>(N * d) << 2;
  const head = free; free += <usize>(N * v) << 2;
  const next = free; free += <usize>(N * v) << 2;
  const inRows = free; free += <usize>N << 2;
  const outRows = free; free += <usize>N << 2;
  const scales = free; free += <usize>N << 2;
  const zeros = free;
  memory.fill(zeros, 0, <usize>C << 2);
  const ld = <usize>n << 2, sliceBytes = <usize>v << 2;

  for (let w = begin; w < end; w++) {
    const image = w / (wy * wx), at = w - image * wy * wx;
    windowRows(image, at / wx, at % wx, H, W, C, R, <i32>(zeros - x), inRows, outRows);
    let dwj = dw;
    for (let j = 0; j < h; j++) {
      const k = load<i32>(kernels + (<usize>j << 2));
      // The zero row is C floats long because it is addressed from the slice's own base.
      const slice = x + <usize>j * sliceBytes;
      const first = j == 0;
      gemmBlock(
        0, N, 0, (n + 7) >> 3, n, v, first ? slice : next, first ? 0 : sliceBytes, first ? inRows : 0, qkv + <usize>(j * qkvPanels),
        projected, ld, 0, qkvBias + <usize>j * ld, 0, 0, 0, 1, 0,
      );
      depthwise(
        0, R, projected, 0, <usize>R * ld, ld, R, R, d, query, 0, <usize>(R * d) << 2, <usize>d << 2, R, R, 0, dwj,
        dwBias + (<usize>(j * d) << 2), k, k, 1, 1, k >> 1, k >> 1, 1, 1, 0,
      );
      packColumns(0, (N + 7) >> 3, N, d, projected + (<usize>d << 2), ld, kPanels);
      const scoreRow = <usize>M << 2;
      // Scores start from the bias; its padding columns keep them out of the softmax.
      gemmBlock(
        0, N, 0, (M + 7) >> 3, M, d, query, <usize>d << 2, 0, kPanels, scores, scoreRow, 0, 0, 0,
        bias + <usize>j * <usize>N * scoreRow, scoreRow, 1, 0,
      );
      softmaxRows(N, M, scores, scales);
      packRows(0, (v + 7) >> 3, v, N, projected + (<usize>(2 * d) << 2), ld, vPanels);
      gemmBlock(0, N, 0, (v + 7) >> 3, v, N, scores, scoreRow, 0, vPanels, head, sliceBytes, 0, 0, 0, 0, 0, 1, 0);
      const last = j == h - 1;
      handOn(N, v, head, scales, y + <usize>j * sliceBytes, outRows, last ? 0 : slice + sliceBytes, inRows, next);
      dwj += <usize>(k * k * d) << 2;
    }
  }
}

/** Heads [begin, end): projection weights [h][n][c] into panels. */
export function packHeads(begin: i32, end: i32, n: i32, c: i32, w: usize, out: usize): void {
  const panels = (n + 7) >> 3;
  for (let j = begin; j < end; j++) {
    packColumns(0, panels, n, c, w + (<usize>(j * n * c) << 2), <usize>c << 2, out + (<usize>(j * panels * c) << 5));
  }
}

/** Rows [begin, end) of h·N: bias [N] to [M] with -1e30 behind. */
export function packBias(begin: i32, end: i32, N: i32, bias: usize, out: usize): void {
  const M = (N + 3) & ~3;
  for (let i = begin; i < end; i++) {
    for (let j = 0; j < M; j++) {
      const value: f32 = j < N ? load<f32>(bias + (<usize>(i * N + j) << 2)) : -1e30;
      store<f32>(out + (<usize>(i * M + j) << 2), value);
    }
  }
}
