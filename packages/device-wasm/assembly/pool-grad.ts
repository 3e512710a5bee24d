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
