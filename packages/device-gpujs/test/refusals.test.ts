// Which ops this device refuses, and which it composes: a reader of README.md relies on the lists.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as core from '@paperzoo/core';
import { createZoo, NoKernelError, type DType, type Op, type Sample, type Tensor, type Zoo } from '@paperzoo/core';
import { readFileSync } from 'node:fs';
import { gpujs } from '../src/index';

const isOp = (value: unknown): value is Op => typeof value === 'function' && 'implementation' in value;
const ops = (Object.values(core) as unknown[]).filter(isOp);
const DTYPES: readonly DType[] = ['i32', 'u32', 'u8', 'bool'];

let zoo: Zoo;
beforeAll(async () => {
  zoo = await createZoo({ device: gpujs({ mode: 'webasm' }), log: () => undefined });
});
afterAll(() => zoo.dispose());

/** Calls an op on ones, its floats as another dtype where it takes that; undefined where it does not. */
function outputs(op: Op, sample: Sample, dtype: DType): Tensor[] | undefined {
  const takes = (i: number) => {
    const { dtypes } = op.inputs[i] ?? op.inputs[0]!;
    return dtypes === 'any' || dtypes.includes(dtype);
  };
  if (!sample.ins.some((x, i) => x && (x.dtype ?? 'f32') === 'f32' && takes(i))) return undefined;
  const ins = sample.ins.map((x, i) => {
    const given = x?.dtype ?? 'f32';
    return x ? zoo.ones(x.shape, given === 'f32' && takes(i) ? dtype : given) : undefined;
  });
  const args: readonly unknown[] = op.inputs[0]!.kind === 'list' ? [ins] : ins;
  return [(op as unknown as (...args: unknown[]) => Tensor | Tensor[])(...args, sample.attrs ?? {})].flat();
}

/** The words in the paragraph of README.md that begins like this. */
function listedAfter(start: string): string[] {
  const text = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const paragraph = text.slice(text.indexOf(start)).split('\n\n')[0]!;
  return [...paragraph.matchAll(/`([a-z]\w+)`/g)].map(([, name]) => name!).sort();
}

test('sums and products of integers are refused by name, and nothing else is', async () => {
  const refused = new Set<string>();
  for (const op of ops) {
    for (const dtype of DTYPES) {
      try {
        for (const out of outputs(op, op.samples!()[0]!, dtype) ?? []) await out.data();
      } catch (error) {
        expect(error).toBeInstanceOf(NoKernelError);
        expect((error as NoKernelError).details.op).toBe(op.name);
        expect((error as NoKernelError).message).toContain(`${op.name}/gpujs: takes f32, got ${dtype}`);
        refused.add(op.name);
      }
    }
  }
  expect([...refused].sort()).toEqual(listedAfter('Integers that are refused'));
});

test('what has no kernel is composed of what has', () => {
  const composed = ops.filter((op) => {
    const [sample] = op.samples!();
    const specs = sample!.ins.map((x) => x && { shape: x.shape, dtype: x.dtype ?? ('f32' as const) });
    return !op.implementation.view && zoo.explain(op, specs, sample!.attrs).chosen === 'composite';
  });
  expect(composed.map(({ name }) => name).sort()).toEqual(listedAfter('Composed of other kernels'));
});
