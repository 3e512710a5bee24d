import { AttrError } from '../errors';
import type { Tensor } from '../tensor';
import { ACTIVATIONS, type Activation } from './activations';
import { gelu, hardsigmoid, hardswish, relu, sigmoid, silu, tanh } from './unary';

const functions = { relu, hardswish, silu, sigmoid, gelu, tanh, hardsigmoid } as const;

/** The activation by name. */
export function activate(x: Tensor, activation: Activation): Tensor {
  if (activation === 'none') return x;
  const fn = functions[activation];
  if (!fn)
    throw new AttrError(`activation "${String(activation)}" is unknown.`, {
      argument: 'activation',
      expected: ACTIVATIONS,
      got: activation,
    });
  return fn(x);
}
