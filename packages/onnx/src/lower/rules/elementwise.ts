import type { Activation, DType } from '@paperzoo/core';
import { ELEMENT_TYPES } from '../../model/onnx-graph';
import { rule, type NodeWriter, type OnnxCall, type OnnxRule, type OnnxTarget } from '../rule';

const same = (opType: string): OnnxRule => rule((call) => call.add(opType, call.ins));

const SIXTH = { alpha: { float: 1 / 6 }, beta: { float: 0.5 } };

/** x · Φ(x): one node where the opset has it, else the form that runtimes' fusions look for. */
function gelu(to: NodeWriter, x: string, { opset, form }: OnnxTarget): string {
  if (opset >= 20) return to.add('Gelu', [x]);
  if (form === 'contrib') return to.add('Gelu', [x], {}, 'com.microsoft');
  const erf = to.add('Erf', [to.add('Div', [x, to.scalar(Math.SQRT2)])]);
  const gate = to.add('Mul', [x, to.add('Add', [erf, to.scalar(1)])]);
  return to.add('Mul', [gate, to.scalar(0.5)]);
}

const functions: Readonly<
  Record<Exclude<Activation, 'none'>, (to: NodeWriter, x: string, target: OnnxTarget) => string>
> = {
  relu: (to, x) => to.add('Relu', [x]),
  sigmoid: (to, x) => to.add('Sigmoid', [x]),
  tanh: (to, x) => to.add('Tanh', [x]),
  silu: (to, x, { form }) =>
    form === 'contrib'
      ? to.add('QuickGelu', [x], { alpha: { float: 1 } }, 'com.microsoft')
      : to.add('Mul', [x, to.add('Sigmoid', [x])]),
  hardsigmoid: (to, x) => to.add('HardSigmoid', [x], SIXTH),
  hardswish: (to, x) => to.add('HardSwish', [x]),
  gelu,
};

/** An activation by the name that fused ops give it. */
export const activation = (call: OnnxCall<unknown & object>, x: string, name: Activation): string =>
  name === 'none' ? x : functions[name](call, x, call);

const named = Object.fromEntries(
  Object.entries(functions).map(([name, fn]): [string, OnnxRule] => [
    name,
    rule((call) => {
      // i32 is a dtype of relu alone, and ONNX has none for it below opset 14's Relu in every runtime.
      if (name === 'relu' && call.specs[0]!.dtype === 'i32')
        return call.add('Max', [call.ins[0], call.scalar(0, 'i32')]);
      return fn(call, call.ins[0]!, call);
    }),
  ]),
);

/** ONNX leaves a division of integers by zero open; here it is 0. */
const div = rule((call) => {
  const [a, b] = call.ins as [string, string];
  if (call.specs[0]!.dtype === 'f32') return call.add('Div', [a, b]);
  const zero = call.scalar(0, 'i32');
  const isZero = call.add('Equal', [b, zero]);
  const quotient = call.add('Div', [a, call.add('Where', [isZero, call.scalar(1, 'i32'), b])]);
  return call.add('Where', [isZero, zero, quotient]);
});

/** Comparisons of small or unsigned integers and of truth values go through i32, which every runtime compares. */
const comparison = (opType: string, negated = false): OnnxRule =>
  rule((call) => {
    const direct = ['f32', 'i32'].includes(call.specs[0]!.dtype);
    const ins = direct ? call.ins : call.ins.map((x) => call.add('Cast', [x], { to: { int: ELEMENT_TYPES.i64 } }));
    const result = call.add(opType, ins);
    return negated ? call.add('Not', [result]) : result;
  });

const RANGES: Readonly<Record<'i32' | 'u32' | 'u8', readonly [number, number]>> = {
  i32: [-(2 ** 31), 2 ** 31 - 1],
  u32: [0, 2 ** 32 - 1],
  u8: [0, 255],
};

/** From floating point ONNX leaves open what happens to values that do not fit: they saturate here, and NaN gives 0. */
const cast = rule<{ dtype: DType }>((call) => {
  const [x] = call.ins as [string];
  const { dtype } = call.attrs;
  const to = (value: string, type: number) => call.add('Cast', [value], { to: { int: type } });
  const from = call.specs[0]!.dtype;
  if (from === dtype) return call.add('Identity', [x]);
  if (dtype === 'f32' || dtype === 'bool' || from === 'bool') return to(x, ELEMENT_TYPES[dtype]);
  const [least, most] = RANGES[dtype];
  const limits = [call.scalar(least, 'i64'), call.scalar(most, 'i64')] as const;
  if (from !== 'f32') {
    const integer = to(x, ELEMENT_TYPES.i64);
    return to(call.add('Max', [call.add('Min', [integer, limits[1]]), limits[0]]), ELEMENT_TYPES[dtype]);
  }
  const number = call.add('Where', [call.add('IsNaN', [x]), call.scalar(0), x]);
  // 2³¹ - 1 is no float: the largest float below it bounds the conversion, and what lies above is put in its place afterwards.
  const bounded = call.add('Clip', [number, call.scalar(least), call.scalar(floatBelow(most + 1))]);
  const isAbove = call.add('GreaterOrEqual', [number, call.scalar(most + 1)]);
  const integer = call.add('Where', [isAbove, limits[1], to(bounded, ELEMENT_TYPES.i64)]);
  return to(integer, ELEMENT_TYPES[dtype]);
});

/** The float32 before a power of two. */
const floatBelow = (power: number) => power * (1 - 2 ** -24);

/** Rules of elementwise ops, by op name. */
export const elementwise: Readonly<Record<string, OnnxRule>> = {
  ...named,
  add: same('Add'),
  sub: same('Sub'),
  mul: same('Mul'),
  div,
  pow: same('Pow'),
  maximum: same('Max'),
  minimum: same('Min'),
  neg: same('Neg'),
  abs: same('Abs'),
  sign: same('Sign'),
  exp: same('Exp'),
  expm1: rule((call) => call.add('Sub', [call.add('Exp', call.ins), call.scalar(1)])),
  log: same('Log'),
  log1p: rule((call) => call.add('Log', [call.add('Add', [call.ins[0], call.scalar(1)])])),
  sqrt: same('Sqrt'),
  rsqrt: rule((call) => call.add('Reciprocal', [call.add('Sqrt', call.ins)])),
  sin: same('Sin'),
  cos: same('Cos'),
  erf: same('Erf'),
  floor: same('Floor'),
  round: same('Round'),
  eq: comparison('Equal'),
  ne: comparison('Equal', true),
  lt: comparison('Less'),
  le: comparison('LessOrEqual'),
  gt: comparison('Greater'),
  ge: comparison('GreaterOrEqual'),
  logical_and: same('And'),
  logical_or: same('Or'),
  logical_not: same('Not'),
  where: same('Where'),
  cast,
};
