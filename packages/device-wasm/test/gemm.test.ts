import { beforeEach, describe, expect, test } from '@jest/globals';
import { ACTIVATIONS } from '@paperzoo/core';
import { Arena, worst } from './arena';

const arena = new Arena();
const call = arena.exports as Record<string, (...args: number[]) => number>;
beforeEach(() => arena.reset());

interface Case {
  m: number;
  n: number;
  k: number;
  transposed?: boolean;
  bias?: boolean;
  biasRow?: boolean;
  residual?: boolean;
  scale?: number;
  relu?: boolean;
}

/** Operands, panels, and the product by plain loops in float64. */
function setUp({ m, n, k, transposed, bias, biasRow, residual, scale = 1, relu }: Case) {
  const a = arena.random(m * k);
  const b = arena.random(n * k);
  const panels = arena.alloc(Math.ceil(n / 8) * k * 8);
  call[transposed ? 'packColumns' : 'packRows']!(0, Math.ceil(n / 8), n, k, b, (transposed ? k : n) * 4, panels);
  const parts = [bias ? n : 0, biasRow ? m : 0, residual ? m * n : 0];
  const [pBias, pRow, pResidual] = parts.map((count) => (count ? arena.random(count) : 0)) as [number, number, number];
  const f = arena.f32;
  const wanted: number[] = [];
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let l = 0; l < k; l++) sum += f[a / 4 + i * k + l]! * f[b / 4 + (transposed ? j * k + l : l * n + j)]!;
      sum *= scale;
      if (pBias) sum += f[pBias / 4 + j]!;
      if (pRow) sum += f[pRow / 4 + i]!;
      if (pResidual) sum += f[pResidual / 4 + i * n + j]!;
      wanted.push(relu ? Math.max(0, sum) : sum);
    }
  }
  const tail = [pBias, pRow, pResidual, n * 4, scale, relu ? 1 : 0];
  return { a, panels, tail, wanted };
}

const sizes: Case[] = [];
for (const m of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 49, 67]) {
  for (const n of [1, 2, 3, 4, 5, 6, 7, 8, 9, 20]) {
    for (const k of [0, 1, 5, 33]) {
      const flags = { transposed: (m + n) % 2 === 0, bias: n % 3 > 0, biasRow: k % 2 > 0, residual: m % 2 > 0 };
      sizes.push({ m, n, k, ...flags, scale: n % 2 ? 0.5 : 1, relu: m % 3 === 0 });
    }
  }
}
for (const n of [31, 32, 71, 72]) {
  sizes.push({ m: 1, n, k: 600, bias: true, residual: true, relu: true }, { m: 65, n, k: 9, biasRow: true, scale: 2 });
}
for (const k of [511, 512, 513, 1300]) {
  sizes.push({ m: 66, n: 19, k, bias: true, biasRow: true, residual: true, scale: 0.25, relu: true });
}

describe('gemm', () => {
  test('agrees with plain loops at every size and writes nothing else', () => {
    for (const size of sizes) {
      arena.reset();
      const { m, n, k } = size;
      const { a, panels, tail, wanted } = setUp(size);
      const c = arena.alloc(m * n);
      call.gemm!(0, m, n, k, a, k * 4, 0, panels, c, n * 4, 0, ...tail);
      expect({ size, good: worst(arena.read(c, m * n), wanted) < 1e-5 }).toEqual({ size, good: true });
      expect(arena.damage()).toEqual([]);
    }
  });

  test('any split into rows or panels gives the same bits', () => {
    const [m, n, k] = [21, 44, 70];
    const { a, panels, tail } = setUp({ m, n, k, bias: true, residual: true });
    const [whole, rows, columns] = [0, 0, 0].map(() => arena.alloc(m * n)) as [number, number, number];
    call.gemm!(0, m, n, k, a, k * 4, 0, panels, whole, n * 4, 0, ...tail);
    for (const [from, to] of [
      [0, 4],
      [4, 16],
      [16, 21],
    ]) {
      call.gemm!(from!, to!, n, k, a, k * 4, 0, panels, rows, n * 4, 0, ...tail);
    }
    for (let p = 0; p < 6; p++) call.gemmPanels!(p, p + 1, m, n, k, a, k * 4, 0, panels, columns, n * 4, 0, ...tail);
    expect(arena.read(rows, m * n)).toEqual(arena.read(whole, m * n));
    expect(arena.read(columns, m * n)).toEqual(arena.read(whole, m * n));
  });

  test('tables scatter rows, read a shared row of zeros and drop rows', () => {
    const [m, n, k] = [6, 10, 12];
    const { a, panels } = setUp({ m, n, k });
    const zeros = arena.alloc(k);
    arena.f32.fill(0, zeros / 4, zeros / 4 + k);
    const order = [5, 2, -1, 0, 3, 1];
    const aRows = arena.ints(order.map((i) => (i < 0 ? zeros - a : i * k * 4)));
    const cRows = arena.ints(order.map((i) => (i < 0 ? -1 : i * n * 4)));
    const [plain, scattered, residual] = [0, 1, 2].map(() => arena.alloc(m * n)) as [number, number, number];
    arena.f32.fill(2, residual / 4, residual / 4 + m * n);
    call.gemm!(0, m, n, k, a, k * 4, 0, panels, plain, n * 4, 0, 0, 0, residual, n * 4, 1, 0);
    call.gemm!(0, m, n, k, a, 0, aRows, panels, scattered, 0, cRows, 0, 0, residual, 0, 1, 0);
    const wanted = arena.read(plain, m * n);
    wanted.fill(NaN, 4 * n, 5 * n);
    expect(arena.read(scattered, m * n)).toEqual(wanted);
    expect(arena.damage()).toEqual([]);
  });

  test('strided rows leave the columns between them alone', () => {
    const [m, n, k] = [7, 5, 9];
    const { panels } = setUp({ m, n, k });
    const wide = arena.random(m * 20);
    const c = arena.alloc(m * 16);
    call.gemm!(0, m, n, k, wide + 3 * 4, 80, 0, panels, c + 8, 64, 0, 0, 0, 0, 0, 1, 0);
    const got = arena.read(c, m * 16);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < 16; j++) expect(Number.isNaN(got[i * 16 + j])).toBe(j < 2 || j >= 2 + n);
    }
  });

  test('the residual may be the output itself, however deep the product', () => {
    for (const k of [40, 1100]) {
      arena.reset();
      const [m, n] = [9, 12];
      const { a, panels, tail, wanted } = setUp({ m, n, k, residual: true, relu: true });
      const r = tail[2]!;
      call.gemm!(0, m, n, k, a, k * 4, 0, panels, r, n * 4, 0, ...tail);
      expect(worst(arena.read(r, m * n), wanted)).toBeLessThan(1e-5);
    }
  });

  test('NaN passes through the clamp', () => {
    const { a, panels } = setUp({ m: 4, n: 8, k: 3 });
    arena.f32[a / 4 + 3] = NaN;
    const c = arena.alloc(32);
    call.gemm!(0, 4, 8, 3, a, 12, 0, panels, c, 32, 0, 0, 0, 0, 0, 1, 1);
    expect([...arena.read(c, 32)].map(Number.isNaN)).toEqual(Array.from({ length: 32 }, (_, i) => i >> 3 === 1));
  });
});

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const hardSigmoid = (x: number) => Math.min(6, Math.max(0, x + 3)) / 6;
const functions: ((x: number) => number)[] = [
  (x) => x,
  (x) => Math.max(0, x),
  (x) => x * hardSigmoid(x),
  (x) => x * sigmoid(x),
  sigmoid,
  (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
  Math.tanh,
  hardSigmoid,
];

/** Series for the error function; converges for the small arguments used here. */
function erf(x: number): number {
  let [sum, term] = [x, x];
  for (let i = 1; i < 60; i++) {
    term *= (-x * x) / i;
    sum += term / (2 * i + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

test('every activation code means its place in ACTIVATIONS', () => {
  expect(ACTIVATIONS).toEqual(['none', 'relu', 'hardswish', 'silu', 'sigmoid', 'gelu', 'tanh', 'hardsigmoid']);
  for (const m of [1, 6]) {
    functions.forEach((activation, code) => {
      arena.reset();
      const [n, k] = [37, 20];
      const { a, panels, tail, wanted } = setUp({ m, n, k, bias: true });
      const c = arena.alloc(m * n);
      call.gemm!(0, m, n, k, a, k * 4, 0, panels, c, n * 4, 0, ...tail.slice(0, -1), code);
      expect(worst(arena.read(c, m * n), wanted.map(activation))).toBeLessThan(1e-5);
      expect(arena.damage()).toEqual([]);
    });
  }
});

describe('gemmBatch', () => {
  const flags = [0, 1].flatMap((ta) => [0, 1].flatMap((tb) => [1, 3, 6].map((m) => [ta, tb, m] as const)));
  test.each(flags)('transposed flags %d %d, %d rows, shared operands, own scratch per range', (ta, tb, m) => {
    const [batches, n, k, grain] = [5, 11, 23, 2];
    const a = arena.random(batches * m * k);
    const b = arena.random(2 * k * n);
    const c = arena.alloc(batches * m * n);
    const right = [0, 0, 1, 1, 0];
    const table = arena.ints(right.flatMap((j, i) => [a + i * m * k * 4, b + j * k * n * 4, c + i * m * n * 4]));
    const slot = Math.ceil(n / 8) * k * 32 + Math.ceil((m * k) / 4) * 16;
    const scratch = arena.alloc((slot * 3) / 4);
    for (let i = 0; i < batches; i += grain) {
      call.gemmBatch!(i, Math.min(batches, i + grain), table, m, n, k, ta, tb, scratch, slot, grain);
    }
    const f = arena.f32;
    const wanted: number[] = [];
    right.forEach((which, q) => {
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          let sum = 0;
          for (let l = 0; l < k; l++) {
            const x = f[a / 4 + q * m * k + (ta ? l * m + i : i * k + l)]!;
            sum += x * f[b / 4 + which * k * n + (tb ? j * k + l : l * n + j)]!;
          }
          wanted.push(sum);
        }
      }
    });
    expect(worst(arena.read(c, wanted.length), wanted)).toBeLessThan(1e-5);
    expect(arena.damage()).toEqual([]);
  });
});

test('fewRows and fewColumns agree with plain loops for any split of the columns', () => {
  for (const [m, n, k] of [
    [1, 530, 7],
    [3, 21, 16],
    [8, 9, 0],
    [2, 600, 37],
  ] as const) {
    for (const transposed of [false, true]) {
      arena.reset();
      const a = arena.random(m * k);
      const b = arena.random(k * n);
      const c = arena.alloc(m * n);
      const f = transposed ? call.fewColumns! : call.fewRows!;
      f(0, 5, m, n, k, a, b, c);
      f(5, n, m, n, k, a, b, c);
      const wanted = Array.from({ length: m * n }, (_, at) => {
        const [i, j] = [Math.floor(at / n), at % n];
        let sum = 0;
        for (let l = 0; l < k; l++)
          sum += arena.f32[a / 4 + i * k + l]! * arena.f32[b / 4 + (transposed ? j * k + l : l * n + j)]!;
        return sum;
      });
      expect(worst(arena.read(c, m * n), wanted)).toBeLessThan(1e-5);
      expect(arena.damage()).toEqual([]);
    }
  }
});

test('transposeRows turns any matrix', () => {
  for (const [rows, columns] of [
    [1, 1],
    [4, 4],
    [5, 7],
    [8, 3],
    [0, 3],
    [13, 16],
  ] as const) {
    arena.reset();
    const from = arena.random(rows * columns);
    const to = arena.alloc(rows * columns);
    call.transposeRows!(0, columns, from, rows, columns, to);
    const x = arena.read(from, rows * columns);
    const wanted = Float32Array.from(x, (_, i) => x[(i % rows) * columns + Math.floor(i / rows)]!);
    expect(arena.read(to, rows * columns)).toEqual(wanted);
    expect(arena.damage()).toEqual([]);
  }
});
