import type { WasmContext } from '../context';
import { grainFor } from './split';

/** C = act(scale·A·B + bias + biasRow + residual); addresses in bytes, 0 for absent parts. See assembly/gemm.ts. */
export interface GemmCall {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly a: number;
  /** Bytes from row to row of A; default contiguous. */
  readonly lda?: number;
  /** Table of i32 byte offsets of A's rows, instead of `lda`. */
  readonly aRows?: number;
  /** B, packed: `panelBytes(n, k)` bytes. */
  readonly panels: number;
  readonly c: number;
  readonly ldc?: number;
  /** Table of i32 byte offsets of C's and the residual's rows; negative ones are dropped. */
  readonly cRows?: number;
  /** Per column. */
  readonly bias?: number;
  /** Per row. */
  readonly biasRow?: number;
  readonly residual?: number;
  readonly ldr?: number;
  readonly scale?: number;
  /** Position in `ACTIVATIONS`. */
  readonly activation?: number;
}

/** From this many rows on, rows are split over threads; with fewer, panels of columns are, so that each weight is read once. */
const MANY_ROWS = 64;

/** Bytes of the packed form of a k×n matrix. */
export const panelBytes = (n: number, k: number): number => Math.ceil(n / 8) * k * 32;

/** Runs one product on all threads. */
export function runGemm(ctx: WasmContext, call: GemmCall): void {
  const { m, n, k } = call;
  const args = [
    ...[n, k, call.a, call.lda ?? k * 4, call.aRows ?? 0, call.panels],
    ...[call.c, call.ldc ?? n * 4, call.cRows ?? 0, call.bias ?? 0, call.biasRow ?? 0],
    ...[call.residual ?? 0, call.ldr ?? n * 4, call.scale ?? 1, call.activation ?? 0],
  ];
  if (m >= MANY_ROWS || ctx.threads === 1) ctx.parallel('gemm', m, grainFor(n * k, 4), ...args);
  else ctx.parallel('gemmPanels', Math.ceil(n / 8), grainFor(8 * m * k), m, ...args);
}
