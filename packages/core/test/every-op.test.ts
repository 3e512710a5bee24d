import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as core from '../src/index';
import { type DType, type Op, type Tensor, type Zoo } from '../src/index';
import { fakeZoo } from './fake-device';
import { failure } from './failure';

let zoo: Zoo;
beforeAll(async () => ({ zoo } = await fakeZoo()));
afterAll(() => zoo.dispose());

const isOp = (value: unknown): value is Op => typeof value === 'function' && 'implementation' in value;
const ops: Op[] = (Object.values(core) as unknown[]).filter(isOp);
const f = (...shape: number[]): Tensor => zoo.zeros(shape);
const i = (...shape: number[]): Tensor => zoo.zeros(shape, 'i32');

type Case = readonly [name: string, call: () => unknown, code: string, argument: string];
const { conv2d, conv2dNhwc, pad, interpolate, maxPool2d, avgPool2d } = core;

/** At least one wrong shape or attribute for every op that can be given one. */
const cases: readonly Case[] = [
  ...(['add', 'sub', 'mul', 'div', 'pow', 'maximum', 'minimum', 'eq', 'ne', 'lt', 'le', 'gt', 'ge'] as const).flatMap(
    (name): Case[] => [
      [name, () => core[name](f(2, 3), f(4)), 'shape', 'other'],
      [name, () => core[name](f(2), i(2)), 'dtype', 'other'],
    ],
  ),
  ['logical_and', () => core.logicalAnd(zoo.zeros([2], 'bool'), zoo.zeros([3], 'bool')), 'shape', 'other'],
  ['logical_or', () => core.logicalOr(zoo.zeros([2], 'bool'), zoo.zeros([3], 'bool')), 'shape', 'other'],
  ['where', () => core.where(zoo.zeros([2], 'bool'), f(3), f(3)), 'shape', 'input and other'],
  ['where', () => core.where(zoo.zeros([2], 'bool'), f(2), i(2)), 'dtype', 'other'],
  ['where', () => core.where(f(2), f(2), f(2)), 'dtype', 'condition'],
  ...(['sum', 'prod', 'mean', 'amax', 'amin'] as const).flatMap((name): Case[] => [
    [name, () => core[name](f(2, 3), { dim: [2] }), 'attr', 'dim'],
    [name, () => core[name](f(2, 3), { dim: [0, -2] }), 'attr', 'dim'],
    [name, () => core[name](f(), { dim: [0] }), 'attr', 'dim'],
  ]),
  ['amax', () => core.amax(f(3, 0), { dim: [1] }), 'shape', 'input'],
  ['amin', () => core.amin(f(0)), 'shape', 'input'],
  ['argmax', () => core.argmax(f(2, 0), { dim: 1 }), 'shape', 'input'],
  ['argmax', () => core.argmax(f(2), { dim: 1 }), 'attr', 'dim'],
  ['cumsum', () => core.cumsum(f(2), { dim: -2 }), 'attr', 'dim'],
  ['adamw_step', () => core.adamwStep(f(2), f(3), f(2), f(2), { lr: 1, step: 1 }), 'shape', 'grad'],
  ['adamw_step', () => core.adamwStep(f(2), f(2), f(2), f(2), { lr: 1, step: 0 }), 'attr', 'step'],
  ['softmax', () => core.softmax(f(2), { dim: 1 }), 'attr', 'dim'],
  ['log_softmax', () => core.logSoftmax(f(), { dim: 0 }), 'attr', 'dim'],
  ['reshape', () => core.reshape(f(6), { shape: [4] }), 'shape', 'shape'],
  ['reshape', () => core.reshape(f(6), { shape: [-1, -1] }), 'shape', 'shape'],
  ['reshape', () => core.reshape(f(6), { shape: [-2, -3] }), 'shape', 'shape'],
  ['reshape', () => core.reshape(f(0), { shape: [-1, 0] }), 'shape', 'shape'],
  ['permute', () => core.permute(f(2, 3), { dims: [0] }), 'attr', 'dims'],
  ['permute', () => core.permute(f(2, 3), { dims: [0, 0] }), 'attr', 'dims'],
  ['slice', () => core.slice(f(2), { dim: 1 }), 'attr', 'dim'],
  ['slice', () => core.slice(f(2), { dim: 0, step: 0 }), 'attr', 'step'],
  ['pad', () => pad(f(2), { pad: [1] }), 'attr', 'pad'],
  ['pad', () => pad(f(2), { pad: [1, 1, 1, 1] }), 'attr', 'pad'],
  ['pad', () => pad(f(2), { pad: [-2, -1] }), 'shape', 'pad'],
  ['pad', () => pad(f(2), { pad: [2, 0], mode: 'reflect' }), 'shape', 'pad'],
  ['concat', () => core.concat([f(2, 3), f(3, 2)], { dim: 0 }), 'shape', 'tensors[1]'],
  ['concat', () => core.concat([f(2), i(2)]), 'shape', 'tensors[1]'],
  ['concat', () => core.concat([f()]), 'attr', 'dim'],
  ['expand', () => core.expand(f(2), { shape: [3] }), 'shape', 'shape'],
  ['expand', () => core.expand(f(2, 2), { shape: [2] }), 'shape', 'shape'],
  ['expand', () => core.expand(f(2), { shape: [-1, 2] }), 'shape', 'shape'],
  ['flip', () => core.flip(f(2), { dims: [0, 0] }), 'attr', 'dims'],
  ['gather', () => core.gather(f(2, 3), i(3, 3), { dim: 1 }), 'shape', 'index'],
  ['gather', () => core.gather(f(2, 3), f(2, 3) as never, { dim: 1 }), 'dtype', 'index'],
  ['scatter_add', () => core.scatterAdd(f(2, 3), i(2), f(2), { dim: 0 }), 'shape', 'index'],
  ['scatter_add', () => core.scatterAdd(f(2, 3), i(2, 3), f(1, 3), { dim: 0 }), 'shape', 'src'],
  ['index_select', () => core.indexSelect(f(2, 3), i(2, 1), { dim: 0 }), 'shape', 'index'],
  ['index_select', () => core.indexSelect(f(2), i(2), { dim: 3 }), 'attr', 'dim'],
  ['matmul', () => core.matmul(f(3), f(3, 2)), 'shape', 'input'],
  ['matmul', () => core.matmul(f(2, 3), f(3)), 'shape', 'other'],
  ['matmul', () => core.matmul(f(2, 3), f(2, 3)), 'shape', 'other'],
  ['matmul', () => core.matmul(f(2, 2, 3), f(3, 3, 2)), 'shape', 'other'],
  ['linear', () => core.linear(f(2, 3), f(4)), 'shape', 'weight'],
  ['linear', () => core.linear(f(), f(4, 3)), 'shape', 'input'],
  ['linear', () => core.linear(f(2, 3), f(4, 3), f(3)), 'shape', 'bias'],
  ['linear', () => core.linear(f(2, 3), f(4, 3), null, f(4)), 'shape', 'residual'],
  ['linear', () => core.linear(f(2, 3), f(4, 3), { activation: 'swish' as never }), 'attr', 'activation'],
  ['conv2d', () => conv2d(f(3, 5, 5), f(4, 3, 3, 3)), 'shape', 'input'],
  ['conv2d', () => conv2d(f(1, 3, 5, 5), f(4, 3, 3)), 'shape', 'weight'],
  ['conv2d', () => conv2d(f(1, 3, 5, 5), f(4, 2, 3, 3)), 'shape', 'weight'],
  ['conv2d', () => conv2d(f(1, 3, 5, 5), f(4, 3, 0, 3)), 'shape', 'weight'],
  ['conv2d', () => conv2d(f(1, 3, 2, 2), f(4, 3, 3, 3)), 'shape', 'input'],
  ['conv2d', () => conv2d(f(1, 3, 5, 5), f(4, 3, 3, 3), f(3)), 'shape', 'bias'],
  ['conv2d', () => conv2d(f(1, 3, 5, 5), f(4, 3, 3, 3), { stride: [0] }), 'attr', 'stride'],
  ['conv2d', () => conv2d(f(1, 3, 5, 5), f(4, 3, 3, 3), { padding: [1, 1, 1] }), 'attr', 'padding'],
  ['conv2d', () => conv2d(f(1, 3, 5, 5), f(4, 3, 3, 3), { padding: [-1] }), 'attr', 'padding'],
  ['conv2d', () => conv2d(f(1, 3, 5, 5), f(4, 3, 3, 3), { dilation: [] }), 'attr', 'dilation'],
  ['conv2d', () => conv2d(f(1, 3, 5, 5), f(4, 3, 3, 3), { groups: 2 }), 'attr', 'groups'],
  ['conv2d', () => conv2d(f(1, 3, 5, 5), f(4, 3, 3, 3), { groups: 0 }), 'attr', 'groups'],
  ['conv2d_nhwc', () => conv2dNhwc(f(1, 3, 5, 5), f(4, 3, 3, 3)), 'shape', 'weight'],
  ['conv2d_nhwc', () => conv2dNhwc(f(1, 5, 5, 3), f(4, 3, 1, 1), null, f(1, 5, 5, 3)), 'shape', 'residual'],
  ['conv2d_nhwc', () => conv2dNhwc(f(1, 5, 5, 3), f(4, 3, 1, 1), null, null, f(1, 4)), 'shape', 'gate'],
  ['max_pool2d', () => maxPool2d(f(3, 5, 5), { kernelSize: [2] }), 'shape', 'input'],
  ['max_pool2d', () => maxPool2d(f(1, 1, 5, 5), { kernelSize: [] }), 'attr', 'kernelSize'],
  ['avg_pool2d', () => avgPool2d(f(1, 1, 5, 5), { kernelSize: [2], padding: [2] }), 'attr', 'padding'],
  ['avg_pool2d', () => avgPool2d(f(1, 1, 1, 5), { kernelSize: [2] }), 'shape', 'input'],
  ['interpolate', () => interpolate(f(1, 2, 3), { size: [1, 1] }), 'shape', 'input'],
  ['interpolate', () => interpolate(f(1, 2, 3, 3), { size: [1] }), 'attr', 'size'],
  ['interpolate', () => interpolate(f(1, 2, 0, 3), { size: [1, 1] }), 'shape', 'input'],
  ['interpolate', () => interpolate(f(1, 2, 3, 3), { size: [1, 1], mode: 'area' as never }), 'attr', 'mode'],
  ['layer_norm', () => core.layerNorm(f(2, 3), { normalizedShape: [2] }), 'shape', 'input'],
  ['layer_norm', () => core.layerNorm(f(2, 3), { normalizedShape: [] }), 'shape', 'input'],
  ['layer_norm', () => core.layerNorm(f(3), { normalizedShape: [2, 3] }), 'shape', 'input'],
  ['layer_norm', () => core.layerNorm(f(2, 3), f(2), { normalizedShape: [3] }), 'shape', 'weight'],
  ['rms_norm', () => core.rmsNorm(f()), 'shape', 'input'],
  ['rms_norm', () => core.rmsNorm(f(2, 3), f(2)), 'shape', 'weight'],
  ['batch_norm', () => core.batchNorm(f(2), f(2), f(2)), 'shape', 'input'],
  ['batch_norm', () => core.batchNorm(f(2, 3), f(2), f(3)), 'shape', 'runningMean'],
  ['batch_norm', () => core.batchNorm(f(2, 3), f(3), f(3), f(3), f(2)), 'shape', 'bias'],
  ['attention', () => core.attention(f(3), f(2, 3), f(2, 3)), 'shape', 'query'],
  ['attention', () => core.attention(f(4, 3), f(2, 4), f(2, 3)), 'shape', 'key'],
  ['attention', () => core.attention(f(4, 3), f(2, 3), f(3, 3)), 'shape', 'value'],
  ['attention', () => core.attention(f(4, 3), f(2, 3), f(2, 5), f(3, 2)), 'shape', 'bias'],
  ['attention', () => core.attention(f(4, 3), f(2, 3), f(2, 5), f(7, 4, 2)), 'shape', 'bias'],
  ['attention_grad', () => core.attentionGrad(f(2, 4, 3), f(2, 3), f(2, 5), f(2, 4, 5)), 'shape', 'key'],
  ['attention_grad', () => core.attentionGrad(f(4, 3), f(2, 3), f(2, 5), f(4, 3)), 'shape', 'grad'],
  ['cast', () => core.cast(f(2), { dtype: 'f64' as never }), 'attr', 'dtype'],
];

describe('every op', () => {
  test.each(cases)('%s refuses what does not fit (%#)', (op, call, code, argument) => {
    const error = failure(call);
    expect(error).toMatchObject({ code, details: { argument } });
    expect(error.details.op ?? op).toBe(op);
    expect(error.message.startsWith(`${op}: `)).toBe(true);
  });

  test.each(ops.map((op) => [op.name, op] as const))('%s takes only its dtypes', (_, op) => {
    const sample = op.samples!()[0]!;
    sample.ins.forEach((input, at) => {
      const slot = op.inputs[at] ?? op.inputs[0]!;
      if (slot.dtypes === 'any' || !input) return;
      for (const dtype of (['f32', 'i32', 'u32', 'u8', 'bool'] as DType[]).filter((d) => !slot.dtypes.includes(d))) {
        const ins = sample.ins.map((x, k) => x && zoo.zeros(x.shape, k === at ? dtype : (x.dtype ?? 'f32')));
        const args = [...(op.inputs[0]!.kind === 'list' ? [ins] : ins), sample.attrs ?? {}];
        const error = failure(() => (op as unknown as (...args: unknown[]) => unknown)(...args));
        expect(error).toMatchObject({ code: 'dtype', details: { op: op.name, argument: slot.name, got: dtype } });
      }
    });
  });

  test.each(ops.map((op) => [op.name, op] as const))(
    '%s has samples, a version, and a meaning or a kernel',
    (_, op) => {
      expect(op.samples!().length).toBeGreaterThan(0);
      expect(new Set(op.samples!().map((s) => s.name)).size).toBe(op.samples!().length);
      expect(op.version).toBeGreaterThanOrEqual(1);
      for (const sample of op.samples!()) {
        const ins = sample.ins.map((x) => x && zoo.zeros(x.shape, x.dtype ?? 'f32'));
        const args = [...(op.inputs[0]!.kind === 'list' ? [ins] : ins), sample.attrs ?? {}];
        const graph = zoo.trace(() => (op as unknown as (...args: unknown[]) => Tensor)(...args), []);
        const { macs, flops, bytes } = core.graphCost(graph);
        for (const figure of [macs, flops, bytes]) expect(Number.isFinite(figure) && figure >= 0).toBe(true);
      }
    },
  );

  test('names are unique', () => {
    expect(new Set(ops.map((op) => op.name)).size).toBe(ops.length);
    expect(ops.length).toBeGreaterThan(60);
  });
});
