import * as core from '@paperzoo/core';
import { broadcastOffsets } from '../offsets';
import { cpuKernel } from '../values';

type Pair = (a: number, b: number) => number;

/** i32 arithmetic wraps, as the machine's; division rounds towards zero and gives 0 for a divisor of 0. */
const integer: Readonly<Record<string, Pair>> = {
  mul: Math.imul,
  div: (a, b) => (b === 0 ? 0 : Math.trunc(a / b)),
  pow: integerPower,
};

function integerPower(base: number, exponent: number): number {
  if (exponent < 0) return base === 1 ? 1 : base === -1 ? (exponent % 2 ? -1 : 1) : 0;
  let result = 1;
  for (; exponent > 0; exponent = Math.floor(exponent / 2)) {
    if (exponent % 2) result = Math.imul(result, base);
    base = Math.imul(base, base);
  }
  return result;
}

/** C's pow, which JS follows except that it has no answer for (±1)^±∞ and 1^NaN. */
const power: Pair = (a, b) => (a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b);

const functions: readonly (readonly [core.Op, Pair])[] = [
  [core.add, (a, b) => a + b],
  [core.sub, (a, b) => a - b],
  [core.mul, (a, b) => a * b],
  [core.div, (a, b) => a / b],
  [core.pow, power],
  [core.maximum, Math.max],
  [core.minimum, Math.min],
  [core.eq, (a, b) => Number(a === b)],
  [core.ne, (a, b) => Number(a !== b)],
  [core.lt, (a, b) => Number(a < b)],
  [core.le, (a, b) => Number(a <= b)],
  [core.gt, (a, b) => Number(a > b)],
  [core.ge, (a, b) => Number(a >= b)],
  [core.logicalAnd, (a, b) => Number(a !== 0 && b !== 0)],
  [core.logicalOr, (a, b) => Number(a !== 0 || b !== 0)],
];

const pairs = functions.map(([op, real]) =>
  cpuKernel(op, ([a, b], y) => {
    const f = a!.dtype === 'i32' ? (integer[op.name] ?? real) : real;
    const fromA = broadcastOffsets(a!.shape, y.shape);
    const fromB = broadcastOffsets(b!.shape, y.shape);
    for (let i = 0; i < y.size; i++) y.buffer[i] = f(a!.buffer[fromA[i]!]!, b!.buffer[fromB[i]!]!);
  }),
);

const not = cpuKernel(core.logicalNot, ([x], y) => {
  for (let i = 0; i < y.size; i++) y.buffer[i] = Number(x!.buffer[i] === 0);
});

const choice = cpuKernel(core.where, ([condition, a, b], y) => {
  const fromC = broadcastOffsets(condition!.shape, y.shape);
  const fromA = broadcastOffsets(a!.shape, y.shape);
  const fromB = broadcastOffsets(b!.shape, y.shape);
  for (let i = 0; i < y.size; i++) {
    y.buffer[i] = condition!.buffer[fromC[i]!] !== 0 ? a!.buffer[fromA[i]!]! : b!.buffer[fromB[i]!]!;
  }
});

export const binaryKernels = [...pairs, not, choice];
