import { gemmBlock } from './gemm';
import { fewColumns, fewRows, isFew } from './gemm-few';
import { packColumns, packRows } from './gemm-pack';
import { transposeRows } from './gemm-transpose';

/**
 * Products [begin, end) of a batch: C = A·B, matrices m×k and k×n, either stored transposed when ta or tb is set.
 * `table`: three i32 addresses a, b, c per product. scratch: `slot` bytes, 16-byte aligned, per `grain` products, each at least
 * ceil(n/8)·k·32, and m·k·4 more when ta is set; the range that begins at product i uses slot i/grain.
 */
export function gemmBatch(
  begin: i32, end: i32, table: usize, m: i32, n: i32, k: i32, ta: i32, tb: i32, scratch: usize, slot: usize, grain: i32,
): void {
  const panels = (n + 7) >> 3;
  const packed = scratch + <usize>(begin / grain) * slot;
  const turned = packed + ((<usize>panels * <usize>k) << 5);
  let lastB: usize = 0;
  for (let i = begin; i < end; i++) {
    const at = table + <usize>i * 12;
    let a = <usize>load<u32>(at);
    const b = <usize>load<u32>(at, 4);
    if (ta) {
      transposeRows(0, m, a, k, m, turned);
      a = turned;
    }
    if (isFew(m, tb)) {
      if (tb) fewColumns(0, n, m, n, k, a, b, <usize>load<u32>(at, 8));
      else fewRows(0, n, m, n, k, a, b, <usize>load<u32>(at, 8));
      continue;
    }
    if (b != lastB) {
      if (tb) packColumns(0, panels, n, k, b, <usize>k << 2, packed);
      else packRows(0, panels, n, k, b, <usize>n << 2, packed);
      lastB = b;
    }
    gemmBlock(
      0, m, 0, panels, n, k, a, <usize>k << 2, 0, packed, <usize>load<u32>(at, 8), <usize>n << 2, 0, 0, 0, 0, 0, 1, 0,
    );
  }
}
