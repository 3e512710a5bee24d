/** Cubic convolution weights (a = -0.75, as PyTorch) of four neighbours at fraction t between the middle two. */
function cubic(t: number): [number, number, number, number] {
  const a = -0.75;
  const near = (x: number) => ((a + 2) * x - (a + 3)) * x * x + 1;
  const far = (x: number) => ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return [far(t + 1), near(t), near(1 - t), far(2 - t)];
}

/** Four source positions and weights for each of `to` positions along an axis of `from`, positions clamped at the border. */
function taps(from: number, to: number): { at: number[]; weight: number[] }[] {
  return Array.from({ length: to }, (_, i) => {
    const centre = ((i + 0.5) * from) / to - 0.5;
    const base = Math.floor(centre);
    return {
      at: [-1, 0, 1, 2].map((d) => Math.min(Math.max(base + d, 0), from - 1)),
      weight: cubic(centre - base),
    };
  });
}

/**
 * Bias tables [h, from²] for windows of another side, [h, to²]: Cream's rule for fine-tuning at another resolution, PyTorch's bicubic
 * `interpolate` with align_corners=False and no antialiasing. Computed in float64, rounded once.
 */
export function resizeBiasTable(table: Float32Array, heads: number, from: number, to: number): Float32Array {
  const axis = taps(from, to);
  const out = new Float32Array(heads * to * to);
  for (let h = 0, o = 0; h < heads; h++) {
    for (const y of axis) {
      for (const x of axis) {
        let sum = 0;
        for (let i = 0; i < 4; i++) {
          const row = (h * from + y.at[i]!) * from;
          for (let j = 0; j < 4; j++) sum += y.weight[i]! * x.weight[j]! * table[row + x.at[j]!]!;
        }
        out[o++] = sum;
      }
    }
  }
  return out;
}
