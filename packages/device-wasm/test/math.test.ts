import { describe, expect, test } from '@jest/globals';
import { wasm } from '../src/generated/kernels.wasm';
import { decodeBase64 } from '../src/module/base64';

const memory = new WebAssembly.Memory({ initial: 64, maximum: 65536 });
const module = new WebAssembly.Module(decodeBase64(wasm) as Uint8Array<ArrayBuffer>);
const exports = new WebAssembly.Instance(module, { env: { memory } }).exports as Record<
  string,
  (...args: number[]) => void
>;
const N = 200_003;
const X = 1024;
const Y = X + 4 * N + 64;
const xs = new Float32Array(memory.buffer, X, N);
const ys = new Float32Array(memory.buffer, Y, N);
const SMALLEST_NORMAL = 2 ** -126;

function apply(name: string, values: readonly number[]): number[] {
  xs.set(values);
  exports[name + 'F32']!(0, values.length, X, Y);
  return [...ys.subarray(0, values.length)];
}

/** Error function in double precision: series near 0, continued fraction beyond. */
function erf(x: number): number {
  const a = Math.abs(x);
  if (a > 6) return Math.sign(x);
  if (a < 2.5) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) sum += term *= (2 * x * x) / (2 * n + 1);
    return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  }
  let fraction = a;
  for (let n = 80; n >= 1; n--) fraction = a + n / 2 / fraction;
  return Math.sign(x) * (1 - Math.exp(-a * a) / Math.sqrt(Math.PI) / fraction);
}
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

// Largest errors on the whole range, measured; relative for results that are normal numbers, absolute below.
const rows: [string, (x: number) => number, low: number, high: number, bound: number][] = [
  ['exp', Math.exp, -87, 88.72, 8e-8],
  ['exp', Math.exp, -1, 1, 8e-8],
  ['expm1', Math.expm1, -20, 20, 2.3e-7],
  ['expm1', Math.expm1, -0.5, 0.5, 2.3e-7],
  ['log', Math.log, 1e-6, 10, 8.2e-8],
  ['log', Math.log, 0.9, 1.1, 8e-8],
  ['log', Math.log, 1, 3e38, 8e-8],
  ['log', Math.log, 0, 1e-38, 8e-8],
  ['log1p', Math.log1p, -0.999, 3, 1.8e-7],
  ['log1p', Math.log1p, -1e-3, 1e-3, 1.8e-7],
  ['sin', Math.sin, -10, 10, 1.3e-7],
  ['sin', Math.sin, -1e6, 1e6, 1.3e-7],
  ['sin', Math.sin, -3.4e38, 3.4e38, 1.3e-7],
  ['cos', Math.cos, -10, 10, 1.35e-7],
  ['cos', Math.cos, -1e6, 1e6, 1.35e-7],
  ['cos', Math.cos, -1e9, 1e9, 1.35e-7],
  ['tanh', Math.tanh, -10, 10, 1.5e-7],
  ['tanh', Math.tanh, -0.7, 0.7, 1.5e-7],
  ['sigmoid', sigmoid, -87, 30, 1.5e-7],
  ['erf', erf, -5, 5, 3.8e-7],
  ['erf', erf, -0.1, 0.1, 3e-7],
  ['silu', (x) => x * sigmoid(x), -20, 20, 1.9e-7],
];

describe('largest relative error on a dense grid', () => {
  test.each(rows.map(([name, f, low, high, bound]) => ({ name, f, low, high, bound })))(
    '$name in [$low, $high]: at most $bound',
    ({ name, f: reference, low, high, bound }) => {
      for (let i = 0; i < N; i++) xs[i] = low + ((high - low) * i) / (N - 1);
      exports[name + 'F32']!(0, N, X, Y);
      let worst = 0;
      let at = 0;
      for (let i = 0; i < N; i++) {
        const expected = reference(xs[i]!);
        const error = Math.abs(ys[i]! - expected) / Math.max(Math.abs(expected), SMALLEST_NORMAL);
        if (!(error <= worst)) [worst, at] = [error, xs[i]!];
      }
      expect({ worst: worst <= bound, at, bound, error: worst }).toMatchObject({ worst: true });
    },
  );
});

test('gelu: absolute error', () => {
  for (let i = 0; i < N; i++) xs[i] = -8 + (16 * i) / (N - 1);
  exports.geluF32!(0, N, X, Y);
  for (let i = 0; i < N; i++) {
    const x = xs[i]!;
    if (Math.abs(ys[i]! - 0.5 * x * (1 + erf(x * Math.SQRT1_2))) > 1.3e-6) throw new Error(`gelu(${x}) is ${ys[i]}`);
  }
});

describe('edges', () => {
  const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
  test.each<[string, number[], number[]]>([
    ['exp', [0, -0, inf, -inf, nan, 89, -104, -103.9], [1, 1, inf, 0, nan, inf, 0, 2 ** -149]],
    ['expm1', [0, inf, -inf, nan, 1e-30], [0, inf, -1, nan, Math.fround(1e-30)]],
    ['log', [0, -0, 1, inf, -1, -inf, nan], [-inf, -inf, 0, inf, nan, nan, nan]],
    ['log1p', [0, -1, inf, -2, nan, 1e-30], [0, -inf, inf, nan, nan, Math.fround(1e-30)]],
    ['sqrt', [0, 4, -1, inf], [0, 2, nan, inf]],
    ['rsqrt', [0, 4, -1, inf], [inf, 0.5, nan, 0]],
    ['sin', [0, inf, -inf, nan, 1e-30], [0, nan, nan, nan, Math.fround(1e-30)]],
    ['cos', [0, inf, nan], [1, nan, nan]],
    ['tanh', [0, inf, -inf, nan, 30, 1e-30], [0, 1, -1, nan, 1, Math.fround(1e-30)]],
    ['sigmoid', [0, inf, -inf, nan, 100, -200], [0.5, 1, 0, nan, 1, 0]],
    ['erf', [0, inf, -inf, nan, 5], [0, 1, -1, nan, 1]],
    ['sign', [0, 3, -3, nan, inf], [0, 1, -1, nan, 1]],
    ['floor', [-0.5, 2.9, -inf, nan], [-1, 2, -inf, nan]],
    ['round', [0.5, 1.5, -1.5, 2.5, nan], [0, 2, -2, 2, nan]],
    ['relu', [-1, 0, 2, nan, -inf, inf], [0, 0, 2, nan, 0, inf]],
    ['hardsigmoid', [-3, 0, 3, nan, inf, -inf], [0, 0.5, 1, nan, 1, 0]],
    ['hardswish', [-4, 0, 3, nan, inf], [-0, 0, 3, nan, inf]],
    ['neg', [1, nan, -inf], [-1, nan, inf]],
    ['abs', [-1, nan, -inf], [1, nan, inf]],
  ])('%s of %j', (name, values, expected) => {
    const close = apply(name, values);
    expected.forEach((value, i) => expect([values[i], close[i]]).toEqual([values[i], value]));
  });
});

test('nothing is written past the end', () => {
  for (let n = 1; n <= 9; n++) {
    ys.fill(7, 0, 12);
    exports.reluF32!(0, n, X, Y);
    expect([...ys.subarray(n, 12)]).toEqual(new Array(12 - n).fill(7));
  }
});
