import {
  add, amax, attention, batchNorm, cast, concat, conv2d, conv2dNhwc, createZoo, defineOp, div, expand, gelu, hardswish, indexSelect,
  interpolate, layerNorm, linear, logSoftmax, matmul, maximum, mean, mul, NoKernelError, pad, permute, relu, reshape, rmsNorm, sigmoid,
  silu, slice, softmax, split, sub, sum, tensor, type Tensor, type Zoo,
} from '@paperzoo/core'; // prettier-ignore
import { cpu } from '@paperzoo/device-cpu';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { noise } from '../src/cases/noise';
import { foldBatchNorms } from '../src/onnx/fold';
import { gemmModel } from '../src/onnx/gemm-model';
import { lowerGraph } from '../src/onnx/lower';
import { ortWeb } from '../src/peers/ort-web';
import { relativeDifference } from '../src/suite/race';

let zoo: Zoo;
beforeAll(async () => {
  zoo = await createZoo({ device: cpu() });
});
afterAll(() => zoo.dispose());

let seed = 0;
const random = (...shape: number[]) =>
  zoo.tensor(
    noise(
      shape.reduce((a, b) => a * b, 1),
      ++seed,
    ),
    { shape },
  );
/** Variances: far enough from 0. */
const positive = (n: number) => zoo.tensor(noise(n, ++seed).map((v) => 0.5 + Math.abs(v)));
const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** Runs `fn` here and as an ONNX model in onnxruntime-web. */
async function bothWays(fn: (x: Tensor) => Tensor, shape: readonly number[], fold = false) {
  const input = noise(size(shape), 99);
  const graph = zoo.trace(fn, [{ shape, dtype: 'f32' }]);
  const onnx = lowerGraph(zoo, fold ? foldBatchNorms(zoo, graph) : graph);
  const session = await ortWeb.graph({ onnx, input, shape }, 1);
  const theirs = await session.output();
  await session.dispose();
  const ours = (await fn(zoo.tensor(input, { shape })).data()) as Float32Array;
  return { difference: relativeDifference(theirs, ours), ours, theirs };
}

const cases: [string, readonly number[], (x: Tensor) => Tensor][] = [
  ['arithmetic', [2, 3, 4], (x) => div(mul(sub(add(x, 1), random(3, 1)), x), 2.5)],
  ['activations', [3, 7], (x) => add(add(relu(x), hardswish(mul(x, 4))), add(silu(x), add(gelu(x), sigmoid(x))))],
  ['maximum and sums', [2, 3, 5], (x) => maximum(sum(x, { dim: [1], keepdim: true }), amax(x, { dim: [2], keepdim: true }))],
  ['means', [2, 3, 4, 5], (x) => mul(mean(x, { dim: [2, 3] }), mean(mean(x, { dim: [1] }), { dim: [1, 2], keepdim: true }).reshape([2, 1]))],
  ['global pool kept', [2, 3, 4, 5], (x) => mul(x, mean(x, { dim: [2, 3], keepdim: true }))],
  ['softmax', [2, 3, 5], (x) => mul(softmax(x, { dim: 1 }), logSoftmax(x, { dim: -1 }))],
  ['shapes', [2, 3, 4], (x) => reshape(permute(x, { dims: [2, 0, 1] }), { shape: [4, -1] })],
  ['slices', [2, 9], (x) => add(slice(x, { dim: 1, start: 1, end: 8, step: 3 }), slice(x, { dim: -1, start: -3 }))],
  ['slices that split', [2, 9], (x) => concat([...split(x, [4, 2, 3], 1)].reverse(), { dim: 1 })],
  ['slices that overlap', [2, 4], (x) => add(slice(x, { dim: 1, start: 0, end: 3 }), slice(x, { dim: 1, start: 1 }))],
  ['padding', [1, 2, 3, 4], (x) => pad(pad(x, { pad: [1, 0, 0, 2], value: 0.5 }), { pad: [1, 2], mode: 'reflect' })],
  ['concat and expand', [2, 1, 3], (x) => concat([expand(x, { shape: [2, 4, 3] }), x], { dim: 1 })],
  ['matmul, all ways', [3, 4], (x) => add(matmul(x, random(3, 4), { transposeB: true }), matmul(matmul(x, x, { transposeA: true }), random(4, 3)).sum([0]))],
  ['transposed constants', [2, 5, 3], (x) => matmul(random(2, 5, 4), x, { transposeA: true })],
  ['linear on rows', [4, 6], (x) => linear(x, random(5, 6), random(5), random(4, 5), { activation: 'relu' })],
  ['linear on more axes', [2, 3, 6], (x) => linear(x, random(5, 6), random(5), null, { activation: 'hardsigmoid' })],
  ['linear without bias', [4, 6], (x) => linear(x, random(5, 6))],
  ['convolution', [1, 4, 9, 8], (x) => conv2d(x, random(6, 2, 3, 3), random(6), { stride: [2, 1], padding: [1], groups: 2, dilation: [1, 2] })],
  ['channels-last convolution', [2, 5, 6, 4], (x) => conv2dNhwc(x, random(8, 4, 1, 1), random(8), random(2, 5, 6, 8), random(2, 4), { activation: 'tanh' })],
  ['batch norm', [2, 3, 4, 4], (x) => batchNorm(x, random(3), positive(3), random(3), random(3))],
  ['batch norm, bare', [2, 3], (x) => batchNorm(x, random(3), positive(3), null, null, { eps: 0.1 })],
  ['layer norm', [2, 5, 6], (x) => layerNorm(layerNorm(x, random(6), random(6), { normalizedShape: [6] }), null, null, { normalizedShape: [5, 6] })],
  ['resize', [1, 2, 4, 5], (x) => add(interpolate(x, { size: [7, 9], mode: 'bilinear' }), interpolate(x, { size: [7, 9], mode: 'nearest' }))],
  ['resize, bicubic', [1, 2, 4, 5], (x) => interpolate(x, { size: [6, 3], mode: 'bicubic' })],
  ['constants are computed here', [3, 2], (x) => add(x, mul(indexSelect(random(4, 2), zoo.tensor([2, 0, 3], { dtype: 'i32' }), { dim: 0 }), 2))],
  ['gathering by constants', [4, 2], (x) => indexSelect(x, zoo.tensor([2, 0, 3, 3], { dtype: 'i32' }), { dim: 0 })],
  ['cast there and back', [3, 4], (x) => cast(cast(mul(x, 9), { dtype: 'i32' }), { dtype: 'f32' })],
  ['composites are expanded', [2, 5, 4], (x) => rmsNorm(attention(x, x, random(2, 5, 3), random(5, 5)), random(3))],
]; // prettier-ignore

describe('a traced function gives the same in onnxruntime-web', () => {
  test.each(cases)('%s', async (_name, shape, fn) => {
    // Constants are drawn while tracing and again while running: the same ones.
    const draw = (x: Tensor) => ((seed = 5), fn(x));
    const { difference } = await bothWays(draw, shape);
    expect(difference).toBeLessThan(2e-6);
  });
});

test('norms are folded into the convolution before them and the linear layer after them', async () => {
  const network = (x: Tensor) => {
    seed = 5;
    const y = conv2d(x, random(8, 3, 3, 3), null, { padding: [1] });
    const z = relu(batchNorm(y, random(8), positive(8), random(8), random(8)));
    const w = batchNorm(conv2d(z, random(4, 8, 1, 1), random(4)), random(4), positive(4), null, random(4));
    const pooled = mean(w, { dim: [2, 3] });
    return linear(batchNorm(pooled, random(4), positive(4), random(4), null), random(5, 4), random(5));
  };
  const graph = zoo.trace(network, [{ shape: [2, 3, 6, 6], dtype: 'f32' }]);
  const folded = foldBatchNorms(zoo, graph);
  expect(folded.nodes.map((node) => node.op.name)).toEqual(['conv2d', 'relu', 'conv2d', 'mean', 'linear']);
  const { difference } = await bothWays(network, [2, 3, 6, 6], true);
  expect(difference).toBeLessThan(2e-6);
});

test('a norm stays when its input is used elsewhere, or when its statistics are computed', async () => {
  const shared = (x: Tensor) => {
    seed = 5;
    const y = conv2d(x, random(3, 3, 1, 1));
    return add(y, batchNorm(y, random(3), positive(3)));
  };
  const graph = zoo.trace(shared, [{ shape: [1, 3, 2, 2], dtype: 'f32' }]);
  expect(foldBatchNorms(zoo, graph).nodes.map((node) => node.op.name)).toEqual(['conv2d', 'batch_norm', 'add']);
  expect((await bothWays(shared, [1, 3, 2, 2], true)).difference).toBeLessThan(2e-6);
});

test('an op with neither rule nor composite is named', () => {
  const mystery = defineOp({ name: 'test.mystery', version: 1, inputs: [tensor('x')], shape: ([x]) => x });
  const graph = zoo.trace((x) => mystery(x), [{ shape: [2], dtype: 'f32' }]);
  expect(() => lowerGraph(zoo, graph)).toThrow(NoKernelError);
  expect(() => lowerGraph(zoo, graph)).toThrow(/test\.mystery/);
});

test('lowering leaves no tensor behind', () => {
  const weight = random(4, 4);
  const { tensors } = zoo.memory();
  zoo.scope(() => {
    const graph = zoo.trace(
      (x) => batchNorm(matmul(x, weight, { transposeB: true }), random(4), positive(4)),
      [{ shape: [2, 4], dtype: 'f32' }],
    );
    lowerGraph(zoo, foldBatchNorms(zoo, graph));
  });
  expect(zoo.memory().tensors).toBe(tensors);
});

test('the product’s model multiplies', async () => {
  const [a, b] = [noise(2 * 3, 1), noise(3 * 4, 2)];
  const session = await ortWeb.graph({ onnx: gemmModel(2, 3, 4, b), input: a, shape: [2, 3] }, 1);
  const expected = matmul(zoo.tensor(a, { shape: [2, 3] }), zoo.tensor(b, { shape: [3, 4] }));
  expect(relativeDifference(await session.output(), (await expected.data()) as Float32Array)).toBeLessThan(1e-6);
  await session.dispose();
});
