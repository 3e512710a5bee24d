// Reading and adding at positions that tensors hold. Positions outside the axis never touch memory.
import { copyBytes, fillWords } from './bytes';
import { at0, at1, locate } from './strided';

/** y = x[…, index, …]; within a row of `n` indices the base advances by `sx` bytes. `nothing` stands for positions outside. */
export function gather(begin: usize, end: usize, n: usize, x: usize, sx: usize, size: u32, stride: usize, index: usize, y: usize, nothing: u32, table: usize): void {
  for (let r = begin; r < end; r++) {
    locate(table, 1, r);
    let base = x + at0;
    for (let i = r * n; i < (r + 1) * n; i++, base += sx) {
      const k = load<u32>(index + (i << 2));
      store<u32>(y + (i << 2), k < size ? load<u32>(base + k * stride) : nothing);
    }
  }
}

/** y[…, index, …] += src, in the order of the indices. */
export function scatterAdd(begin: usize, end: usize, n: usize, y: usize, sy: usize, size: u32, stride: usize, index: usize, src: usize, ss: usize, table: usize): void {
  for (let r = begin; r < end; r++) {
    locate(table, 2, r);
    let base = y + at0, from = src + at1;
    for (let i = r * n; i < (r + 1) * n; i++, base += sy, from += ss) {
      const k = load<u32>(index + (i << 2));
      if (k < size) {
        const p = base + k * stride;
        store<f32>(p, load<f32>(p) + load<f32>(from));
      }
    }
  }
}

/** Row r of [outer, count, words] is row index[r % count] of [outer, size, words]. */
export function indexSelect(begin: usize, end: usize, count: usize, size: u32, words: usize, x: usize, index: usize, y: usize, nothing: u32): void {
  for (let r = begin; r < end; r++) {
    const outer = r / count;
    const k = load<u32>(index + ((r - outer * count) << 2));
    const to = y + ((r * words) << 2);
    if (k < size) copyBytes(to, x + (((outer * size + k) * words) << 2), words << 2);
    else fillWords(to, nothing, words);
  }
}
