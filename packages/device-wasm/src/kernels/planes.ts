import type { WasmContext } from '../context';
import { panelBytes, runGemm } from './run-gemm';
import { grainFor } from './split';

/** Maps with at least this many pixels are multiplied image by image; smaller ones as one tall matrix over the batch. */
const LARGE_MAP = 64;

/** Matrices `[images][rows][columns]` transposed, one by one. What is as good as turned already is handed back as it is. */
export function turn(
  ctx: WasmContext,
  images: number,
  from: number,
  rows: number,
  columns: number,
  to?: number,
): number {
  if (to === undefined && (rows === 1 || columns === 1)) return from;
  const target = to ?? ctx.scratch(images * rows * columns * 4);
  if (images === 1) ctx.parallel('transposeRows', columns, grainFor(rows, 4), from, rows, columns, target);
  else ctx.parallel('turnImages', images, grainFor(rows * columns), from, rows, columns, target);
  return target;
}

/** Planes `[images][channels][h][w]` to `[channels][images][h + 2·py][w + 2·px]`, zeros around each map. */
export function channelsFirst(
  ctx: WasmContext,
  x: number,
  images: number,
  channels: number,
  [h, w]: readonly [number, number],
  [py, px]: readonly [number, number],
): number {
  if (py === 0 && px === 0) {
    if (images === 1) return x;
    if (h * w === 1) return turn(ctx, 1, x, images, channels, ctx.scratch(images * channels * 4));
  }
  const plane = (h + 2 * py) * (w + 2 * px);
  const to = ctx.scratch(images * channels * plane * 4);
  ctx.parallel('channelsFirst', channels, grainFor(images * plane), x, images, channels, h, w, py, px, to);
  return to;
}

/** `n` channels of planes `[images][channels][pixels]` from `first` on as panels over all pixels of the batch. */
export function planePanels(
  ctx: WasmContext,
  x: number,
  images: number,
  channels: number,
  pixels: number,
  first = 0,
  n = channels,
): number {
  const k = images * pixels;
  const panels = ctx.scratch(panelBytes(n, k));
  const count = Math.ceil(n / 8);
  if (pixels === 1) ctx.parallel('packRows', count, grainFor(8 * k), n, k, x + first * 4, channels * 4, panels);
  else ctx.parallel('packPlanes', count, grainFor(8 * k), x, images, channels, pixels, first, n, panels);
  return panels;
}

/** A 1×1 convolution on planes; addresses in bytes. */
export interface PointwiseCall {
  readonly images: number;
  readonly pixels: number;
  /** Channels of x and of y. */
  readonly k: number;
  readonly n: number;
  readonly x: number;
  readonly y: number;
  /** 0 for none. */
  readonly bias: number;
  /** The weights as rows `[n][k]`. */
  rows(): number;
  /** The weights packed, with n columns. */
  panels(): number;
}

/** y[i] = weights · x[i] + bias for each image: on planes, or for small maps on pixels. */
export function runPointwise(ctx: WasmContext, call: PointwiseCall): void {
  const { images, pixels, k, n, x, y, bias } = call;
  if (pixels >= LARGE_MAP || images === 1) {
    if (images > 1) {
      const rows = call.rows();
      const grain = Math.max(grainFor(n * k * pixels), Math.ceil(images / (4 * ctx.threads)));
      const slot = panelBytes(pixels, k);
      const scratch = ctx.scratch(slot * Math.ceil(images / grain));
      ctx.parallel('pointwisePlanes', images, grain, rows, n, k, pixels, x, y, bias, scratch, slot, grain);
    } else {
      const panels = ctx.scratch(panelBytes(pixels, k));
      ctx.parallel('packRows', Math.ceil(pixels / 8), grainFor(8 * k), pixels, k, x, pixels * 4, panels);
      runGemm(ctx, { m: n, n: pixels, k, a: call.rows(), panels, c: y, biasRow: bias });
    }
    return;
  }
  const a = turn(ctx, images, x, k, pixels);
  const c = pixels === 1 || n === 1 ? y : ctx.scratch(images * pixels * n * 4);
  runGemm(ctx, { m: images * pixels, n, k, a, c, panels: call.panels(), bias });
  if (c !== y) turn(ctx, images, c, pixels, n, y);
}
