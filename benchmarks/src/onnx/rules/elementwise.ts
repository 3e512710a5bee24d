import { ONNX_DTYPES, type OnnxModel } from '../model';
import { rule, type Rule } from '../rule';
import type { Activation, DType } from '@paperzoo/core';

const same =
  (opType: string): Rule =>
  ({ model, ins }) =>
    model.node(
      opType,
      ins.map((name) => name ?? ''),
    );

const SIXTH = { alpha: { float: 1 / 6 }, beta: { float: 0.5 } };

const functions: Readonly<Record<Exclude<Activation, 'none'>, (model: OnnxModel, x: string) => string>> = {
  relu: (model, x) => model.node('Relu', [x]),
  sigmoid: (model, x) => model.node('Sigmoid', [x]),
  tanh: (model, x) => model.node('Tanh', [x]),
  silu: (model, x) => model.node('Mul', [x, model.node('Sigmoid', [x])]),
  hardsigmoid: (model, x) => model.node('HardSigmoid', [x], SIXTH),
  hardswish: (model, x) => model.node('HardSwish', [x]),
  // The form that onnxruntime's GeluFusion looks for.
  gelu(model, x) {
    const erf = model.node('Erf', [model.node('Div', [x, model.scalar(Math.SQRT2)])]);
    const gate = model.node('Mul', [x, model.node('Add', [erf, model.scalar(1)])]);
    return model.node('Mul', [gate, model.scalar(0.5)]);
  },
};

/** An activation by the name that fused ops give it. */
export const activation = (model: OnnxModel, x: string, name: Activation): string =>
  name === 'none' ? x : functions[name](model, x);

const named = Object.fromEntries(
  Object.entries(functions).map(([name, fn]): [string, Rule] => [name, ({ model, ins }) => fn(model, ins[0]!)]),
);

/** Rules of elementwise ops, by op name. */
export const elementwise: Readonly<Record<string, Rule>> = {
  ...named,
  add: same('Add'),
  sub: same('Sub'),
  mul: same('Mul'),
  div: same('Div'),
  pow: same('Pow'),
  maximum: same('Max'),
  minimum: same('Min'),
  neg: same('Neg'),
  abs: same('Abs'),
  exp: same('Exp'),
  log: same('Log'),
  sqrt: same('Sqrt'),
  erf: same('Erf'),
  floor: same('Floor'),
  round: same('Round'),
  sin: same('Sin'),
  cos: same('Cos'),
  rsqrt: ({ model, ins }) => model.node('Reciprocal', [model.node('Sqrt', [ins[0]!])]),
  cast: rule<{ dtype: DType }>(({ model, ins, attrs }) =>
    model.node('Cast', [ins[0]!], { to: { int: ONNX_DTYPES[attrs.dtype] } }),
  ),
};
