import { defineKernel, type Arg, type Kernel, type Op, type TypedArray } from '@paperzoo/core';

/** What this device keeps a tensor's elements in; doubles stand for f32 when the device was made with `precision: 'f64'`. */
export type Values = TypedArray | Float64Array;
export type CpuArg = Arg<Values>;

/** A kernel of this device: takes every dtype that the op does. Arguments that the op requires are there. */
export function cpuKernel<Attrs extends object = object>(
  op: Op,
  run: (ins: readonly CpuArg[], out: CpuArg, attrs: Attrs) => void,
): Kernel<Values> {
  return defineKernel<Values, unknown>(op, {
    id: `${op.name}/cpu`,
    device: 'cpu',
    dtypes: 'any',
    // Only optional inputs can be missing, and the kernels of ops that have some look before they read.
    run: (_ctx, ins, outs, attrs: Attrs) => run(ins as readonly CpuArg[], outs[0]!, attrs),
  }) as Kernel<Values>;
}
