// Pooling over windows of [planes, inH, inW]; indices count planes.

/** `average` 1: mean of the window, padding counting as zeros; 0: largest value, padding not counting. */
export function pool(begin: usize, end: usize, average: i32, inH: i32, inW: i32, outH: i32, outW: i32, kH: i32, kW: i32, strideY: i32, strideX: i32, padY: i32, padX: i32, x: usize, y: usize): void {
  const area = <f32>(kH * kW);
  for (let p = begin; p < end; p++) {
    const from = x + ((p * inH * inW) << 2);
    let to = y + ((p * outH * outW) << 2);
    if (!average && kH == 2 && kW == 2 && strideY == 2 && strideX == 2 && padY == 0 && padX == 0) {
      for (let oy = 0; oy < outH; oy++, to += <usize>outW << 2) largestOfFour(outW, from + (<usize>(2 * oy * inW) << 2), <usize>inW << 2, to);
      continue;
    }
    for (let oy = 0; oy < outH; oy++) {
      const y0 = max(oy * strideY - padY, 0), y1 = min(oy * strideY - padY + kH, inH);
      for (let ox = 0; ox < outW; ox++, to += 4) {
        const x0 = max(ox * strideX - padX, 0), x1 = min(ox * strideX - padX + kW, inW);
        let v: f32 = average ? 0 : f32.NEGATIVE_INFINITY;
        for (let iy = y0; iy < y1; iy++) {
          let q = from + (<usize>(iy * inW + x0) << 2);
          for (let ix = x0; ix < x1; ix++, q += 4) v = average ? v + load<f32>(q) : max<f32>(v, load<f32>(q));
        }
        store<f32>(to, average ? v / area : v);
      }
    }
  }
}

/** One row of 2×2 windows side by side: the usual pooling, four windows at a time. */
function largestOfFour(count: i32, x: usize, step: usize, y: usize): void {
  for (; count >= 4; count -= 4, x += 32, y += 16) {
    const low = f32x4.max(v128.load(x), v128.load(x + step));
    const high = f32x4.max(v128.load(x, 16), v128.load(x + step, 16));
    v128.store(y, f32x4.max(v128.shuffle<i32>(low, high, 0, 2, 4, 6), v128.shuffle<i32>(low, high, 1, 3, 5, 7)));
  }
  for (; count > 0; count--, x += 8, y += 4) {
    store<f32>(y, max<f32>(max<f32>(load<f32>(x), load<f32>(x, 4)), max<f32>(load<f32>(x + step), load<f32>(x + step, 4))));
  }
}

/**
 * Resampling of [planes, inH, inW] with `taps` positions and weights per output row and column; indices count planes.
 * The tables hold, for each output position, `taps` pairs of input position (u32) and weight (f32).
 */
export function resample(begin: usize, end: usize, taps: usize, inH: usize, inW: usize, outH: usize, outW: usize, rows: usize, columns: usize, x: usize, y: usize): void {
  for (let p = begin; p < end; p++) {
    const from = x + ((p * inH * inW) << 2);
    let to = y + ((p * outH * outW) << 2);
    for (let oy: usize = 0; oy < outH; oy++) {
      const row = rows + ((oy * taps) << 3);
      for (let ox: usize = 0; ox < outW; ox++, to += 4) {
        const column = columns + ((ox * taps) << 3);
        let v: f32 = 0;
        for (let i: usize = 0; i < taps; i++) {
          const line = from + ((load<u32>(row + (i << 3)) * inW) << 2);
          let s: f32 = 0;
          for (let j: usize = 0; j < taps; j++) {
            const tap = column + (j << 3);
            s += load<f32>(tap, 4) * load<f32>(line + (load<u32>(tap) << 2));
          }
          v += load<f32>(row + (i << 3), 4) * s;
        }
        store<f32>(to, v);
      }
    }
  }
}
