import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  applyOp,
  conv2d,
  conv2dNhwc,
  createZoo,
  linear,
  matmul,
  resolveAttrs,
  type Op,
  type Sample,
  type Tensor,
  type Zoo,
} from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import { setFlagsFromString } from 'node:v8';
import { wasm, type WasmOptions } from '../src/index';
import { hasRelaxedSimd } from '../src/module/relaxed';

// Node 20 has relaxed SIMD behind a flag, later ones have it and no flag.
if (!hasRelaxedSimd()) setFlagsFromString('--experimental-wasm-relaxed-simd');

const ops: Op[] = [matmul, linear, conv2d, conv2dNhwc];
/** Larger than the ops' own samples: several chunks per thread, batches with own scratch, both ways of dense convolution. */
const larger: [Op, Sample][] = [
  [matmul, { name: 'batch', ins: [{ shape: [9, 40, 33] }, { shape: [9, 33, 50] }] }],
  [
    matmul,
    {
      name: 'turned batch',
      ins: [{ shape: [3, 1, 33, 40] }, { shape: [4, 50, 33] }],
      attrs: { transposeA: true, transposeB: true },
    },
  ],
  [matmul, { name: 'tall', ins: [{ shape: [3, 70, 65] }, { shape: [65, 90] }] }],
  [linear, { name: 'wide', ins: [{ shape: [16, 130] }, { shape: [300, 130] }, { shape: [300] }, null] }],
  [
    conv2dNhwc,
    {
      name: 'stem',
      ins: [{ shape: [2, 60, 52, 3] }, { shape: [24, 3, 3, 3] }, { shape: [24] }, null, null],
      attrs: { stride: [2], padding: [1], activation: 'relu' },
    },
  ],
  [
    conv2dNhwc,
    {
      name: 'deep',
      ins: [{ shape: [1, 9, 8, 130] }, { shape: [20, 130, 3, 3] }, null, null, null],
      attrs: { padding: [1] },
    },
  ],
  [
    conv2dNhwc,
    {
      name: 'depthwise',
      ins: [{ shape: [2, 30, 31, 40] }, { shape: [40, 1, 3, 3] }, { shape: [40] }, { shape: [2, 30, 31, 40] }, null],
      attrs: { padding: [1], groups: 40, activation: 'silu' },
    },
  ],
  [conv2d, { name: 'planes', ins: [{ shape: [2, 40, 13, 11] }, { shape: [50, 40, 1, 1] }, { shape: [50] }] }],
];
const cases = [...ops.flatMap((op) => op.samples!().map((sample) => [op, sample] as const)), ...larger];

function noise(count: number): Float32Array {
  let seed = count + 1;
  return Float32Array.from(
    { length: count },
    () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 31 - 1,
  );
}

/** Weights are marked persistent and the op runs twice, so that the kept packed copy is used as well. */
async function evaluate(zoo: Zoo, op: Op, sample: Sample): Promise<Float32Array> {
  const ins = sample.ins.map((spec, i) => {
    if (!spec) return undefined;
    const x = zoo.tensor(noise(spec.shape.reduce((a, b) => a * b, 1)), { shape: spec.shape });
    return i === 1 ? x.persist() : x;
  });
  const attrs = resolveAttrs(op.name, op.attrs, sample.attrs);
  const [first, again] = [0, 1].map(() => applyOp(op, ins, attrs) as Tensor);
  const data = await again!.data();
  expect(await first!.data()).toEqual(data);
  for (const x of [...ins, first, again]) x?.dispose();
  return data as Float32Array;
}

describe.each<[string, WasmOptions]>([
  ['one thread', { debug: true }],
  ['two threads', { threads: 2, debug: true }],
  ['fused multiply-add', { threads: 2, relaxedSimd: true }],
])('%s', (_name, options) => {
  let zoo: Zoo;
  let oracle: Zoo;
  beforeAll(async () => {
    zoo = await createZoo({ device: wasm(options), strict: true });
    oracle = await createZoo({ device: cpu() });
  });
  test('the kernels asked for are in use', () => {
    const matrix = { shape: [2, 2], dtype: 'f32' } as const;
    const { chosen } = zoo.explain(matmul, [matrix, matrix]);
    expect(chosen).toBe(options.relaxedSimd ? 'matmul/wasm-relaxed' : 'matmul/wasm-simd');
    expect(zoo.device.caps.info['simd']).toBe(options.relaxedSimd ? 'relaxed' : 'simd128');
  });

  afterAll(async () => {
    await zoo.dispose();
    await oracle.dispose();
  });

  test.each(cases.map(([op, sample]) => [op.name, sample.name, op, sample] as const))(
    '%s, %s: agrees with the reference device and frees what it packed',
    async (_op, _sample, op, sample) => {
      const tolerance = op.implementation.tolerance!;
      const [got, wanted] = [await evaluate(zoo, op, sample), await evaluate(oracle, op, sample)];
      const bad = wanted.findIndex((w, i) => !(Math.abs(got[i]! - w) <= tolerance.abs + tolerance.rel * Math.abs(w)));
      expect({ length: got.length, bad, got: got[bad] }).toEqual({ length: wanted.length, bad: -1, got: wanted[bad] });
      expect(zoo.memory()).toMatchObject({ tensors: 0, bytes: 0, packedBytes: 0 });
    },
  );
});
