import { defineKernel, type Arg, type DType, type Kernel, type Op, type Spec } from '@paperzoo/core';
import type { DeviceCaps } from '@paperzoo/core';
import type { GpuContext, Launch } from './context';
import type { Slot } from './slot';

type SlotArg = Arg<Slot>;

/** What a kernel on this device consists of. `Attrs` are the op's attributes as the kernel reads them. */
export interface GpuKernelSpec<Attrs extends object = object> {
  /** Default: the op's name with `/gpujs`. */
  readonly id?: string;
  /**
   * The function, as text (see `Launch.source`), or how to write it for these inputs, where optional ones or ranks change it. It is text
   * because what gpu.js compiles is the text: a minifier that rewrites a function would rewrite the kernel.
   */
  readonly source: string | ((ins: readonly (Spec | undefined)[], out: Spec, attrs: Attrs) => string);
  /** Whole numbers that the function finds in `this.constants`. */
  constants?(ins: readonly (Spec | undefined)[], out: Spec, attrs: Attrs): Readonly<Record<string, number>>;
  /** Finite real numbers, found there too. */
  floats?(ins: readonly (Spec | undefined)[], out: Spec, attrs: Attrs): Readonly<Record<string, number>>;
  readonly dtypes?: readonly DType[] | 'any';
  readonly priority?: number;
  /** True, or one sentence that says why not. */
  supports?(ins: readonly (Spec | undefined)[], attrs: Attrs, caps: DeviceCaps): true | string;
}

/**
 * A kernel for an op with one output: one plain function, called once for every element of the output. Inputs that are left out are no
 * parameters of the function.
 */
export function defineGpuKernel<Attrs extends object = object>(
  op: Op,
  { id = `${op.name}/gpujs`, source, constants, floats, dtypes, priority, supports }: GpuKernelSpec<Attrs>,
): Kernel<Slot, GpuContext> {
  return defineKernel<Slot, GpuContext>(op, {
    id,
    device: 'gpujs',
    ...(dtypes && { dtypes }),
    ...(priority !== undefined && { priority }),
    ...(supports && { supports }),
    run(context, ins, [out], attrs: Attrs) {
      const launch: Launch = {
        source: typeof source === 'string' ? source : source(ins, out!, attrs),
        ...(constants && { constants: constants(ins, out!, attrs) }),
        ...(floats && { floats: floats(ins, out!, attrs) }),
      };
      const present = ins.filter((x): x is SlotArg => x !== undefined);
      context.launch(
        out!.buffer,
        present.map((x) => x.buffer),
        launch,
      );
    },
  });
}
