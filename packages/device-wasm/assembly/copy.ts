// Moving elements about.
import { storeFirst } from './activation';
import { copyBytes, fillWords } from './bytes';
import { at0, at1, locate } from './strided';

/** Rows of `bytes` contiguous bytes, at given distances on both sides. */
export function copyRows(begin: usize, end: usize, bytes: usize, x: usize, xStep: usize, y: usize, yStep: usize): void {
  for (let r = begin; r < end; r++) copyBytes(y + r * yStep, x + r * xStep, bytes);
}

/** Rows of `n` elements of `size` bytes (1 or 4), at byte steps `sx` and `sy` within a row. */
export function copyStrided(begin: usize, end: usize, n: usize, size: usize, x: usize, sx: usize, y: usize, sy: usize, table: usize): void {
  for (let r = begin; r < end; r++) {
    locate(table, 2, r);
    let from = x + at0, to = y + at1;
    if (sx == size && sy == size) copyBytes(to, from, n * size);
    else if (size == 4 && sx == 0 && sy == 4) fillWords(to, load<u32>(from), n);
    else if (size == 4) {
      for (let i: usize = 0; i < n; i++, from += sx, to += sy) store<u32>(to, load<u32>(from));
    } else {
      for (let i: usize = 0; i < n; i++, from += sx, to += sy) store<u8>(to, load<u8>(from));
    }
  }
}

export function fill(begin: usize, end: usize, size: usize, value: u32, y: usize): void {
  if (size == 4) fillWords(y + (begin << 2), value, end - begin);
  else memory.fill(y + begin, <u8>value, end - begin);
}

/** Along one axis of [outer, n, inner elements]: row i of the result is row `from[i]` of the input. Rows hold `bytes` bytes. */
export function pickRows(begin: usize, end: usize, count: usize, bytes: usize, x: usize, xStep: usize, from: usize, y: usize): void {
  for (let r = begin; r < end; r++) {
    const outer = r / count;
    const at = load<u32>(from + ((r - outer * count) << 2));
    copyBytes(y + r * bytes, x + outer * xStep + at * bytes, bytes);
  }
}

/** Columns per step of `transpose`: a cache line of floats. */
const STRIP: usize = 16;

/** [batch, rows, columns] of 4-byte elements → [batch, columns, rows]. Indices count strips of 16 columns, over all matrices. */
export function transpose(begin: usize, end: usize, rows: usize, columns: usize, x: usize, y: usize): void {
  const strips = (columns + STRIP - 1) / STRIP;
  for (let s = begin; s < end; s++) {
    const b = s / strips;
    const first = (s - b * strips) * STRIP;
    const last = min(columns, first + STRIP);
    const from = x + ((b * rows * columns) << 2);
    const to = y + ((b * rows * columns) << 2);
    for (let r: usize = 0; r < rows; r += 4) {
      const left = rows - r;
      // Rows past the last are read as the last: memory may end there.
      const p0 = from + ((r * columns) << 2);
      const p1 = left > 1 ? p0 + (columns << 2) : p0;
      const p2 = left > 2 ? p1 + (columns << 2) : p1;
      const p3 = left > 3 ? p2 + (columns << 2) : p2;
      for (let c = first; c < last; c += 4) {
        const o = c << 2;
        const v0 = v128.load(p0 + o), v1 = v128.load(p1 + o), v2 = v128.load(p2 + o), v3 = v128.load(p3 + o);
        const a = v128.shuffle<i32>(v0, v1, 0, 4, 1, 5), bb = v128.shuffle<i32>(v2, v3, 0, 4, 1, 5);
        const d = v128.shuffle<i32>(v0, v1, 2, 6, 3, 7), e = v128.shuffle<i32>(v2, v3, 2, 6, 3, 7);
        let q = to + ((c * rows + r) << 2);
        const step = rows << 2;
        put(q, v128.shuffle<i64>(a, bb, 0, 2), left);
        if (c + 1 < last) put((q += step), v128.shuffle<i64>(a, bb, 1, 3), left);
        if (c + 2 < last) put((q += step), v128.shuffle<i64>(d, e, 0, 2), left);
        if (c + 3 < last) put((q += step), v128.shuffle<i64>(d, e, 1, 3), left);
      }
    }
  }
}

@inline
function put(p: usize, v: v128, count: usize): void {
  if (count >= 4) v128.store(p, v);
  else storeFirst(p, v, <i32>count);
}
