import { ModelError } from '@paperzoo/core';

/** What a batch normalisation holds, in ordinary memory. */
export interface NormValues {
  readonly weight: Float32Array;
  readonly bias: Float32Array;
  readonly running_mean: Float32Array;
  readonly running_var: Float32Array;
  readonly eps: number;
}

/** A layer after folding, still in float64 so that further algebra rounds only once, at the end. */
export interface Folded {
  /** Same layout as the layer's own weight. */
  readonly weight: Float64Array;
  readonly bias: Float64Array;
}

/** y = x · scale + shift, the norm as an affine map per channel. */
function affine({ weight, bias, running_mean, running_var, eps }: NormValues): {
  scale: Float64Array;
  shift: Float64Array;
} {
  const scale = new Float64Array(weight.length);
  const shift = new Float64Array(weight.length);
  for (let c = 0; c < scale.length; c++) {
    scale[c] = weight[c]! / Math.sqrt(running_var[c]! + eps);
    shift[c] = bias[c]! - running_mean[c]! * scale[c]!;
  }
  return { scale, shift };
}

/** A layer whose output channels (the weight's first axis) go through a norm, as one layer: W' = s · W, b' = s · b + shift. */
export function foldConvBn(
  weight: Float32Array,
  bias: Float32Array | undefined,
  norm: NormValues,
  /** Where the folded weight goes; a caller that folds many layers may lend the same memory again. */
  folded: Float64Array = new Float64Array(weight.length),
): Folded {
  const { scale, shift } = affine(norm);
  const perChannel = weight.length / scale.length;
  if (!Number.isInteger(perChannel)) {
    throw new ModelError(`foldConvBn: ${weight.length} weights do not divide among ${scale.length} channels.`, {
      argument: 'weight',
      got: weight.length,
    });
  }
  for (let c = 0; c < scale.length; c++) scaleRow(folded, weight, c * perChannel, perChannel, scale[c]!);
  if (bias) for (let c = 0; c < scale.length; c++) shift[c]! += bias[c]! * scale[c]!;
  return { weight: folded, bias: shift };
}

/** A function of its own, because engines compile what is called often sooner than what loops long. */
function scaleRow(out: Float64Array, values: Float32Array, start: number, count: number, factor: number): void {
  for (let i = start; i < start + count; i++) out[i] = values[i]! * factor;
}

/** A norm followed by a linear layer [O, I], as one linear layer: W' = W · diag(s), b' = W · shift + b. */
export function foldBnLinear(norm: NormValues, weight: Float32Array, bias: Float32Array | undefined): Folded {
  const { scale, shift } = affine(norm);
  const width = scale.length;
  const outputs = weight.length / width;
  if (!Number.isInteger(outputs)) {
    throw new ModelError(`foldBnLinear: ${weight.length} weights do not divide among ${width} inputs.`, {
      argument: 'weight',
      got: weight.length,
    });
  }
  const folded = new Float64Array(weight.length);
  const moved = new Float64Array(outputs);
  for (let o = 0, i = 0; o < outputs; o++) {
    let sum = bias?.[o] ?? 0;
    for (let k = 0; k < width; k++, i++) {
      folded[i] = weight[i]! * scale[k]!;
      sum += weight[i]! * shift[k]!;
    }
    moved[o] = sum;
  }
  return { weight: folded, bias: moved };
}
