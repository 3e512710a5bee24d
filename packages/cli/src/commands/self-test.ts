import {
  add,
  conv2d,
  DTYPES,
  exp,
  layerNorm,
  matmul,
  mean,
  permute,
  sigmoid,
  softmax,
  sum,
  type Op,
  type Sample,
  type SampleInput,
  type Tensor,
  type Zoo,
} from '@paperzoo/core';
import type { FoundPlugin } from '../plugins/plugin-set';
import { describe } from '../terminal/report-error';

/** What a device makes of one op, compared with the reference. */
export interface OpCheck {
  readonly op: string;
  readonly ok: boolean;
  /** Largest difference, over the largest magnitude of the reference where that is above 1. */
  readonly difference?: number;
  /** What is wrong, one sentence. */
  readonly problem?: string;
}

/** One op of each family of kernels. */
const OPS: readonly Op[] = [add, exp, sigmoid, matmul, conv2d, softmax, layerNorm, sum, mean, permute];
/** Used where an op states none; that of the reference's own rounding to float32. */
const DEFAULT_ABS = 1e-6;

/** Ops to try on every device: core ones, and all that the plugins add. */
export const opsToTry = (found: readonly FoundPlugin[]): readonly Op[] =>
  [...OPS, ...found.flatMap(({ plugin }) => plugin.ops ?? [])].filter((op) => op.samples?.().length);

/** Runs the first sample of each op on both zoos. `reference` should keep doubles; disposes whatever it makes. */
export async function selfTest(zoo: Zoo, reference: Zoo, ops: readonly Op[]): Promise<OpCheck[]> {
  const checks: OpCheck[] = [];
  for (const op of ops) {
    const sample = op.samples!()[0]!;
    try {
      const got = await compute(zoo, op, sample);
      const wanted = await compute(reference, op, sample);
      const difference = Math.max(...wanted.map((values, i) => apart(got[i]!, values)));
      const most = op.implementation.tolerance?.abs ?? DEFAULT_ABS;
      const ok = difference <= most;
      const problem = `differs by ${difference.toExponential(1)} from the reference (at most ${most})`;
      checks.push({ op: op.name, ok, difference, ...(!ok && { problem }) });
    } catch (error) {
      checks.push({ op: op.name, ok: false, problem: describe(error).message });
    }
  }
  return checks;
}

async function compute(zoo: Zoo, op: Op, { ins, attrs = {} }: Sample): Promise<ArrayLike<number>[]> {
  const tensors = ins.map((input, i) => input && toTensor(zoo, input, i + 1));
  const args = op.inputs[0]?.kind === 'list' ? [tensors] : tensors;
  const result = (op as unknown as (...args: unknown[]) => Tensor | Tensor[])(...args, attrs);
  const outs = Array.isArray(result) ? result : [result];
  try {
    return await Promise.all(outs.map((out) => out.data()));
  } finally {
    for (const tensor of [...tensors, ...outs]) tensor?.dispose();
  }
}

function toTensor(zoo: Zoo, { shape, dtype = 'f32', fill, below = 3 }: SampleInput, seed: number): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  const values = new DTYPES[dtype].array(new ArrayBuffer(size * DTYPES[dtype].bytes));
  // A linear congruence: the same numbers on every machine.
  let state = seed;
  for (let i = 0; i < size; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const uniform = state / 2 ** 32;
    if (Array.isArray(fill)) values[i] = fill[i] as number;
    else if (fill === 'index' || dtype !== 'f32') values[i] = Math.floor(uniform * below);
    else values[i] = fill === 'positive' ? 0.1 + uniform : 2 * uniform - 1;
  }
  return zoo.tensor(values, { shape, dtype });
}

function apart(got: ArrayLike<number>, wanted: ArrayLike<number>): number {
  let [worst, largest] = [0, 1];
  for (let i = 0; i < wanted.length; i++) {
    const difference = Math.abs(got[i]! - wanted[i]!);
    // A comparison would overlook what is not a number.
    if (Number.isNaN(difference)) return Infinity;
    worst = Math.max(worst, difference);
    largest = Math.max(largest, Math.abs(wanted[i]!));
  }
  return worst / largest;
}
