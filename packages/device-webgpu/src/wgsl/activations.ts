import type { Activation } from '@paperzoo/core';
import { wgslFunction, type WgslFunction } from './functions';
import { erff, sigmoidf, tanhf } from './math';
import { isNan } from './special';

export const reluf = wgslFunction(`fn reluf(x: f32) -> f32 { return select(max(x, 0.0), x, isNan(x)); }`, isNan);
export const geluf = wgslFunction(`fn geluf(x: f32) -> f32 { return 0.5 * x * (erff(x * 0.70710678) + 1.0); }`, erff);
export const siluf = wgslFunction(`fn siluf(x: f32) -> f32 { return x * sigmoidf(x); }`, sigmoidf);
export const hardsigmoidf = wgslFunction(
  `fn hardsigmoidf(x: f32) -> f32 { if (isNan(x)) { return x; } return clamp(x + 3.0, 0.0, 6.0) / 6.0; }`,
  isNan,
);
export const hardswishf = wgslFunction(`fn hardswishf(x: f32) -> f32 { return x * hardsigmoidf(x); }`, hardsigmoidf);

const FUNCTIONS: Readonly<Record<Exclude<Activation, 'none'>, WgslFunction>> = {
  relu: reluf,
  hardswish: hardswishf,
  silu: siluf,
  sigmoid: sigmoidf,
  gelu: geluf,
  tanh: tanhf,
  hardsigmoid: hardsigmoidf,
};

/** `activated(x: f32)`, the epilogue of fused kernels. */
export function activated(activation: Activation): WgslFunction {
  if (activation === 'none') return wgslFunction(`fn activated(x: f32) -> f32 { return x; }`);
  const f = FUNCTIONS[activation];
  return wgslFunction(`fn activated(x: f32) -> f32 { return ${f.name}(x); }`, f);
}
