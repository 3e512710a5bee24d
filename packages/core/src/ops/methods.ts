import type { DType } from '../dtype';
import type { Tensor } from '../tensor';
import * as b from './binary';
import { cast } from './cast';
import * as c from './compare';
import { gather, indexSelect } from './gather';
import { matmul } from './matmul';
import { logSoftmax, softmax } from './norm';
import * as r from './reduce';
import * as s from './shape';
import * as u from './unary';

type Other = Tensor | number;
type Dims = number | readonly number[] | null;

const UNARY = {
  neg: u.neg, abs: u.abs, sign: u.sign, exp: u.exp, expm1: u.expm1, log: u.log, log1p: u.log1p, sqrt: u.sqrt, rsqrt: u.rsqrt,
  sin: u.sin, cos: u.cos, tanh: u.tanh, sigmoid: u.sigmoid, erf: u.erf, floor: u.floor, round: u.round, relu: u.relu,
  gelu: u.gelu, silu: u.silu, hardsigmoid: u.hardsigmoid, hardswish: u.hardswish,
} as const; // prettier-ignore
const BINARY = {
  add: b.add, sub: b.sub, mul: b.mul, div: b.div, pow: b.pow, maximum: b.maximum, minimum: b.minimum,
  eq: c.eq, ne: c.ne, lt: c.lt, le: c.le, gt: c.gt, ge: c.ge,
} as const; // prettier-ignore
const REDUCE = { sum: r.sum, prod: r.prod, mean: r.mean, amax: r.amax, amin: r.amin } as const;

type Unary = { [K in keyof typeof UNARY]: () => Tensor };
type Binary = { [K in keyof typeof BINARY]: (other: Other) => Tensor };
/** `dim` null (the default) reduces everything. */
type Reduce = { [K in keyof typeof REDUCE]: (dim?: Dims, keepdim?: boolean) => Tensor };

const REST = {
  matmul: (x: Tensor, other: Tensor, attrs?: { transposeA?: boolean; transposeB?: boolean }) => matmul(x, other, attrs),
  softmax: (x: Tensor, dim: number) => softmax(x, { dim }),
  logSoftmax: (x: Tensor, dim: number) => logSoftmax(x, { dim }),
  argmax: (x: Tensor, dim: number, keepdim = false) => r.argmax(x, { dim, keepdim }),
  cumsum: (x: Tensor, dim: number) => r.cumsum(x, { dim }),
  reshape: (x: Tensor, shape: readonly number[]) => s.reshape(x, { shape }),
  permute: (x: Tensor, dims: readonly number[]) => s.permute(x, { dims }),
  transpose: s.transpose,
  flatten: s.flatten,
  slice: (x: Tensor, dim: number, start?: number, end?: number | null, step?: number) =>
    s.slice(x, { dim, start, end, step }),
  pad: (x: Tensor, pad: readonly number[], value = 0) => s.pad(x, { pad, value }),
  expand: (x: Tensor, shape: readonly number[]) => s.expand(x, { shape }),
  flip: (x: Tensor, dims: readonly number[]) => s.flip(x, { dims }),
  gather: (x: Tensor, dim: number, index: Tensor) => gather(x, index, { dim }),
  indexSelect: (x: Tensor, dim: number, index: Tensor) => indexSelect(x, index, { dim }),
  cast: (x: Tensor, dtype: DType) => cast(x, { dtype }),
} as const;

type Rest = {
  [K in keyof typeof REST]: (typeof REST)[K] extends (x: Tensor, ...args: infer A) => Tensor
    ? (...args: A) => Tensor
    : never;
};

/** The primitives as methods: `x.add(y)`, `x.softmax(-1)`, `x.sum([2, 3], true)`. */
export type TensorMethods = Unary & Binary & Reduce & Rest;

/** Puts the methods on the tensor class's prototype, non-enumerable as methods are. */
export function install(prototype: object): void {
  const put = (name: string, value: (this: Tensor, ...args: never[]) => Tensor) =>
    Object.defineProperty(prototype, name, { value, writable: true, configurable: true });
  for (const [name, op] of Object.entries(UNARY)) put(name, function () { return op(this); }); // prettier-ignore
  for (const [name, op] of Object.entries(BINARY)) put(name, function (other: Other) { return op(this, other); }); // prettier-ignore
  for (const [name, op] of Object.entries(REDUCE)) {
    put(name, function (dim: Dims = null, keepdim = false) { return op(this, { dim, keepdim }); }); // prettier-ignore
  }
  for (const [name, fn] of Object.entries(REST)) {
    put(name, function (...args: never[]) { return (fn as (x: Tensor, ...rest: never[]) => Tensor)(this, ...args); }); // prettier-ignore
  }
}
