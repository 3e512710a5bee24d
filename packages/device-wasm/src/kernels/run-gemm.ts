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

/** Bytes of the packed form of a k×n matrix. */
export const panelBytes = (n: number, k: number): number => Math.ceil(n / 8) * k * 32;

/**
 * Runs one product on all threads: split along the longer side of C, so that the larger operand is read once and not by every share.
 * Arguments are spelled out because building and spreading lists costs more than a small product.
 */
export function runGemm(ctx: WasmContext, call: GemmCall): void {
  const { m, n, k, a, panels, c } = call;
  const lda = call.lda ?? k * 4;
  const ldc = call.ldc ?? n * 4;
  const ldr = call.ldr ?? n * 4;
  const { aRows = 0, cRows = 0, bias = 0, biasRow = 0, residual = 0, scale = 1, activation = 0 } = call;
  const f = ctx.exports;
  if (ctx.threads === 1) {
    f.gemm!(0, m, n, k, a, lda, aRows, panels, c, ldc, cRows, bias, biasRow, residual, ldr, scale, activation);
  } else if (m >= n) {
    const grain = grainFor(n * k, 4);
    const tail = [bias, biasRow, residual, ldr, scale, activation] as const;
    ctx.parallel('gemm', m, grain, n, k, a, lda, aRows, panels, c, ldc, cRows, ...tail);
  } else {
    const grain = grainFor(8 * m * k);
    const tail = [bias, biasRow, residual, ldr, scale, activation] as const;
    ctx.parallel('gemmPanels', Math.ceil(n / 8), grain, m, n, k, a, lda, aRows, panels, c, ldc, cRows, ...tail);
  }
}
