import { beforeEach, describe, expect, test } from '@jest/globals';
import { add, exp, graphCost, linear, matmul, mul, nodeCost, reshape, type Tensor, type Zoo } from '../src/index';
import { fakeZoo } from './fake-device';
import { failure, rejection } from './failure';

let zoo: Zoo;
beforeEach(async () => ({ zoo } = await fakeZoo()));
const f32 = (...shape: number[]) => ({ shape, dtype: 'f32' as const });

describe('trace', () => {
  test('records calls, shapes and constants, and computes nothing', () => {
    const w = zoo.zeros([5, 3]);
    const before = zoo.memory();
    const graph = zoo.trace((x) => exp(linear(x!, w)), [f32(2, 3)]);
    expect(graph.nodes.map((n) => n.op.name)).toEqual(['linear', 'exp']);
    expect(graph.nodes[0]!.ins).toEqual([graph.inputs[0], 1, -1, -1]);
    expect(graph.constants.get(1)).toBe(w);
    expect(graph.outputs.map((o) => graph.values[o])).toEqual([{ shape: [2, 5], dtype: 'f32' }]);
    expect(graph.nodes[0]!.attrs).toEqual({ activation: 'none' });
    expect(zoo.memory()).toEqual(before);
  });

  test('knows the work: multiply-adds, flops and bytes; views are free', () => {
    const graph = zoo.trace((a, b) => reshape(matmul(a!, b!), { shape: [8] }), [f32(2, 3), f32(3, 4)]);
    expect(nodeCost(graph, graph.nodes[0]!)).toEqual({ macs: 24, flops: 48, bytes: 4 * (6 + 12 + 8) });
    expect(nodeCost(graph, graph.nodes[1]!)).toEqual({ macs: 0, flops: 0, bytes: 0 });
    expect(graphCost(graph)).toEqual({ macs: 24, flops: 48, bytes: 104 });
  });

  test('keeps attributes as they were', () => {
    const shape = [3, 2];
    const graph = zoo.trace((x) => reshape(x!, { shape }), [f32(6)]);
    shape[0] = 6;
    expect(graph.nodes[0]!.attrs).toEqual({ shape: [3, 2] });
    expect(graph.values[graph.outputs[0]!]!.shape).toEqual([3, 2]);
  });

  test('several outputs, inputs passed through, numbers as constants', () => {
    const graph = zoo.trace((x, y) => [x!, mul(y!, 3)], [f32(2), f32(2)]);
    expect(graph.outputs).toEqual([graph.inputs[0], graph.values.length - 1]);
    expect([...graph.constants.values()].map((t) => t.shape)).toEqual([[]]);
  });

  test('refuses reading, nesting, gradients and promises, and ends after an error', async () => {
    const read: Promise<unknown>[] = [];
    expect(
      failure(() =>
        zoo.trace(
          (x) => {
            read.push(x!.data());
            x!.dataSync();
            return x!;
          },
          [f32(1)],
        ),
      ).code,
    ).toBe('trace');
    expect((await rejection(read[0]!)).code).toBe('trace');
    // The promise of an async function is rejected too, and nobody but the trace has it.
    const late = failure(() => zoo.trace((async (x: Tensor) => add(x, await x.item())) as never, [f32(1)]));
    expect(late.code).toBe('trace');
    expect(failure(() => zoo.trace(() => void zoo.trace((x) => x!, [f32(1)]) as never, [])).code).toBe('trace');
    const grad = () => zoo.trace((x) => zoo.valueAndGrad((p) => p.x.sum(), { x: x! }).value, [f32(1)]);
    expect(failure(grad).message).toContain('while tracing');
    expect(failure(() => zoo.trace((x) => Promise.resolve(x!) as never, [f32(1)])).code).toBe('trace');
    expect(failure(() => zoo.trace((x) => add(x!, zoo.zeros([3])), [f32(2)])).code).toBe('shape');
    expect(await add(zoo.zeros([1]), 1).array()).toEqual([1]);
  });

  test.each([[[-1]], [[0.5]], [[NaN]], [['3']], [3]])('refuses inputs of shape %p', (shape) => {
    expect(failure(() => zoo.trace((x) => x!, [{ shape: shape as never, dtype: 'f32' }])).code).toBe('shape');
    expect(failure(() => zoo.trace((x) => x!, [{ shape: [1], dtype: 'f16' as never }])).code).toBe('dtype');
  });

  test('an abstract tensor that escapes has no data', async () => {
    let kept: Tensor | undefined;
    zoo.trace((x) => (kept = exp(x!)), [f32(2)]);
    expect(kept!.isAbstract).toBe(true);
    expect(failure(() => exp(kept!)).code).toBe('trace');
    expect(failure(() => kept!.dataSync()).code).toBe('trace');
    expect((await rejection(kept!.data())).code).toBe('trace');
    expect(failure(() => zoo.trace((x) => add(x!, kept!), [f32(2)])).code).toBe('trace');
    kept!.dispose();
    expect(zoo.memory().tensors).toBe(0);
  });
});

test('constants that a traced function makes in a scope of its own are there for the graph', async () => {
  const graph = zoo.trace((x) => zoo.scope(() => mul(add(x!, 1), zoo.full([2], 3))), [f32(2)]);
  const values = await Promise.all([...graph.constants.values()].map((tensor) => tensor.data()));
  expect(values.map((each) => [...each])).toEqual([[1], [3, 3]]);
});
