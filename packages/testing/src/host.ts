import {
  DTYPES,
  type DType,
  type Op,
  type Sample,
  type SampleInput,
  type Spec,
  type Tensor,
  type Zoo,
} from '@paperzoo/core';
import { Random } from './random';

/** One input of a sample with its values, before it is on any zoo. */
export interface HostInput {
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly values: InstanceType<(typeof DTYPES)[DType]['array']>;
}

type Draw = (random: Random, input: SampleInput) => number;
const FILLS: Readonly<Record<'normal' | 'uniform' | 'positive' | 'index', Draw>> = {
  normal: (random) => random.normal(),
  uniform: (random) => 2 * random.next() - 1,
  // Away from zero, where quotients and logarithms would amplify the rounding of their inputs.
  positive: (random) => 0.1 + Math.abs(random.normal()),
  index: (random, { below = 3 }) => random.below(below),
};

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

function hostInput(input: SampleInput, random: Random): HostInput {
  const dtype = input.dtype ?? 'f32';
  const values = new DTYPES[dtype].array(new ArrayBuffer(sizeOf(input.shape) * DTYPES[dtype].bytes));
  const fill = input.fill ?? (dtype === 'f32' ? 'normal' : 'index');
  for (let i = 0; i < values.length; i++) values[i] = typeof fill === 'string' ? FILLS[fill](random, input) : fill[i]!;
  return { shape: input.shape, dtype, values };
}

/** The values of a sample; the same for the same op, sample name and shapes, on every machine. */
export function hostInputs(op: Op, sample: Sample): (HostInput | undefined)[] {
  const random = new Random(`${op.name}/${sample.name}/${JSON.stringify(sample.ins.map((x) => x && x.shape))}`);
  return sample.ins.map((input) => input ?? undefined).map((input) => input && hostInput(input, random));
}

export const upload = (zoo: Zoo, inputs: readonly (HostInput | undefined)[]): (Tensor | undefined)[] =>
  inputs.map((x) => x && zoo.tensor(x.values, { shape: x.shape, dtype: x.dtype }));

/** Calls an op as a user would: inputs one by one, or a list in one array, then the attributes. */
export function callOp(op: Op, ins: readonly unknown[], attrs: object | undefined): Tensor[] {
  const args = op.inputs[0]?.kind === 'list' ? [ins] : ins;
  const result = (op as unknown as (...args: unknown[]) => Tensor | Tensor[])(...args, attrs ?? {});
  return Array.isArray(result) ? result : [result];
}

/** Shapes and dtypes of a sample's inputs. */
export const specsOf = (sample: Sample): (Spec | undefined)[] =>
  sample.ins.map((x) => (x ? { shape: x.shape, dtype: x.dtype ?? 'f32' } : undefined));
