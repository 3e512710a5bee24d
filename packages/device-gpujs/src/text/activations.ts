import type { Activation } from '@paperzoo/core';

/** An expression in `v` for each activation; all of it is arithmetic and the helpers of every kernel. */
export const ACTIVATION_TEXTS: Readonly<Record<Activation, string>> = {
  none: 'v',
  relu: 'rectified(v)',
  hardswish: 'v * hardLogistic(v)',
  silu: 'v * logistic(v)',
  sigmoid: 'logistic(v)',
  gelu: '0.5 * v * (1 + errorFunction(v * 0.7071067811865476))',
  tanh: 'hyperbolicTangent(v)',
  hardsigmoid: 'hardLogistic(v)',
};
