/**
 * Gradient of the largest of each window of [planes, inH, inW]: it goes to the window's first element, row by row, that equals the
 * output; to none where there is none. Indices count planes.
 */
export function maxPoolGrad(
  begin: usize, end: usize, inH: i32, inW: i32, outH: i32, outW: i32, kH: i32, kW: i32, strideY: i32, strideX: i32, padY: i32, padX: i32,
  x: usize, y: usize, dy: usize, dx: usize,
): void {
  const plane = <usize>(inH * inW) << 2;
  for (let p = begin; p < end; p++) {
    const from = x + p * plane;
    const shift = dx - x;
    let at = (p * <usize>(outH * outW)) << 2;
    memory.fill(dx + p * plane, 0, plane);
    if (kH == 2 && kW == 2 && strideY == 2 && strideX == 2 && padY == 0 && padX == 0) {
      const line = <usize>inW << 2;
      for (let oy = 0; oy < outH; oy++, at += <usize>outW << 2) {
        const to = p * plane + <usize>(2 * oy) * line;
        ofFour(outW, x + to, line, y + at, dy + at, dx + to);
      }
      continue;
    }
    for (let oy = 0; oy < outH; oy++) {
      const y0 = max(oy * strideY - padY, 0), y1 = min(oy * strideY - padY + kH, inH);
      for (let ox = 0; ox < outW; ox++, at += 4) {
        const x0 = max(ox * strideX - padX, 0), x1 = min(ox * strideX - padX + kW, inW);
        const largest = load<f32>(y + at);
        const found = find(largest, from + (<usize>(y0 * inW + x0) << 2), y1 - y0, x1 - x0, <usize>inW << 2);
        if (found) store<f32>(found + shift, load<f32>(found + shift) + load<f32>(dy + at));
      }
    }
  }
}

/** Address of the first `value` in a window of `rows` × `columns`, or 0. */
@inline
function find(value: f32, from: usize, rows: i32, columns: i32, step: usize): usize {
  for (let r = rows; r > 0; r--, from += step) {
    let q = from;
    for (let c = columns; c > 0; c--, q += 4) if (load<f32>(q) == value) return q;
  }
  return 0;
}

/** One row of 2×2 windows side by side: the usual pooling, four windows at a time. */
function ofFour(count: i32, x: usize, line: usize, y: usize, dy: usize, dx: usize): void {
  for (; count >= 4; count -= 4) {
    const top = v128.load(x), top4 = v128.load(x, 16), low = v128.load(x + line), low4 = v128.load(x + line, 16);
    const m = v128.load(y), g = v128.load(dy);
    // A window's four elements, in the order in which the first of equals is sought.
    const a = f32x4.eq(v128.shuffle<i32>(top, top4, 0, 2, 4, 6), m);
    const b = v128.andnot(f32x4.eq(v128.shuffle<i32>(top, top4, 1, 3, 5, 7), m), a);
    const ab = v128.or(a, b);
    const c = v128.andnot(f32x4.eq(v128.shuffle<i32>(low, low4, 0, 2, 4, 6), m), ab);
    const d = v128.andnot(f32x4.eq(v128.shuffle<i32>(low, low4, 1, 3, 5, 7), m), v128.or(ab, c));
    const ga = v128.and(g, a), gb = v128.and(g, b), gc = v128.and(g, c), gd = v128.and(g, d);
    v128.store(dx, v128.shuffle<i32>(ga, gb, 0, 4, 1, 5));
    v128.store(dx, v128.shuffle<i32>(ga, gb, 2, 6, 3, 7), 16);
    v128.store(dx + line, v128.shuffle<i32>(gc, gd, 0, 4, 1, 5));
    v128.store(dx + line, v128.shuffle<i32>(gc, gd, 2, 6, 3, 7), 16);
    x += 32;
    dx += 32;
    y += 16;
    dy += 16;
  }
  for (; count > 0; count--) {
    const found = find(load<f32>(y), x, 2, 2, line);
    if (found) store<f32>(found - x + dx, load<f32>(dy));
    x += 8;
    dx += 8;
    y += 4;
    dy += 4;
  }
}
