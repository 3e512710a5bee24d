import type { SoftmaxLayers } from '../../src/index';

/** Width of the tokens. */
export const D = 24;
export type Shape = Omit<SoftmaxLayers, 'layers'>;

/** Softmax attention of one sequence by plain loops in double precision: the definition, written without any of the module's code. */
export function plainAttention(
  x: Float32Array,
  T: number,
  shape: Shape,
  weights: ReadonlyMap<string, Float32Array>,
): Float64Array {
  const { numHeads, numKvHeads = numHeads, windowSize = null, ropeTheta = 1e4 } = shape;
  const d = D / numHeads;
  const project = (name: string, t: number, row: number): number => {
    let sum = weights.get(`${name}.bias`)?.[row] ?? 0;
    for (let c = 0; c < D; c++) sum += weights.get(`${name}.weight`)![row * D + c]! * x[t * D + c]!;
    return sum;
  };
  const turned = (name: string, t: number, head: number, i: number): number => {
    const half = d / 2;
    const pair = i % half;
    const [a, b] = [project(name, t, head * d + pair), project(name, t, head * d + pair + half)];
    const angle = t / ropeTheta ** ((2 * pair) / d);
    return i < half ? a * Math.cos(angle) - b * Math.sin(angle) : b * Math.cos(angle) + a * Math.sin(angle);
  };
  const y = new Float64Array(T * D);
  for (let t = 0; t < T; t++) {
    const mixed = new Float64Array(D);
    const first = windowSize === null ? 0 : Math.max(0, t - windowSize + 1);
    for (let h = 0; h < numHeads; h++) {
      const kv = Math.floor((h * numKvHeads) / numHeads);
      const scores: number[] = [];
      for (let s = first; s <= t; s++) {
        let sum = 0;
        for (let i = 0; i < d; i++) sum += turned('q_proj', t, h, i) * turned('k_proj', s, kv, i);
        scores.push(Math.exp(sum / Math.sqrt(d)));
      }
      const total = scores.reduce((a, b) => a + b);
      scores.forEach((score, at) => {
        for (let i = 0; i < d; i++) mixed[h * d + i]! += (score / total) * project('v_proj', first + at, kv * d + i);
      });
    }
    for (let row = 0; row < D; row++) {
      for (let c = 0; c < D; c++) y[t * D + row]! += weights.get('o_proj.weight')![row * D + c]! * mixed[c]!;
    }
  }
  return y;
}
