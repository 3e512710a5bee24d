import { defineKernel, type Arg, type DeviceCaps, type DType, type Kernel, type Op, type Spec } from '@paperzoo/core';
import type { Program } from './gpu/program';

/** A tensor's memory on the adapter; opaque to kernels. Every element takes 32 bits, u8 and bool too. */
export interface WebgpuHandle {
  readonly bytes: number;
}

export type WebgpuArg = Arg<WebgpuHandle>;

/** What one dispatch of a program needs. */
export interface WebgpuCall {
  readonly ins: readonly WebgpuHandle[];
  readonly outs: readonly WebgpuHandle[];
  /** Values of the program's parameters, in its order. */
  readonly params?: readonly number[];
  /** Elements or groups; for a `grid` the workgroups in three dimensions. */
  readonly size: number | readonly [x: number, y: number, z: number];
}

/** What a kernel's `run` gets. */
export interface WebgpuContext {
  readonly caps: DeviceCaps;
  /** Records one dispatch. `key` names the program among all of a device; `make` is asked once. */
  dispatch(key: string, make: () => Program, call: WebgpuCall): void;
  /** Memory for `elements` 32-bit values until the kernel's `run` ends. */
  scratch(elements: number): WebgpuHandle;
}

type Ins = readonly (Spec | undefined)[];

export interface WebgpuKernelSpec<Attrs> {
  /** What follows `op/webgpu` in the kernel's id, where an op has several. */
  readonly flavour?: string;
  readonly priority?: number;
  readonly dtypes?: readonly DType[] | 'any';
  readonly direction?: 'both' | 'inference';
  /** Programs that are compiled, without blocking, when the kernel is loaded. */
  readonly programs?: () => readonly (readonly [key: string, program: Program])[];
  supports?(ins: Ins, attrs: Attrs, caps: DeviceCaps): true | string;
  run(ctx: WebgpuContext, ins: readonly (WebgpuArg | undefined)[], outs: readonly WebgpuArg[], attrs: Attrs): void;
}

// Keyed by the kernel, because the core's kernels have no field for what only one device needs.
const prepared = new WeakMap<Kernel<WebgpuHandle>, () => readonly (readonly [string, Program])[]>();

/** A kernel for this device: `webgpuKernel(op, { run(ctx, ins, outs, attrs) { ctx.dispatch(…) } })`. */
export function webgpuKernel<Attrs = object>(
  op: Op,
  { flavour, programs, ...spec }: WebgpuKernelSpec<Attrs>,
): Kernel<WebgpuHandle> {
  const id = `${op.name}/webgpu${flavour ? `-${flavour}` : ''}`;
  const kernel = defineKernel<WebgpuHandle, WebgpuContext>(op, { ...spec, id, device: 'webgpu' });
  if (programs) prepared.set(kernel as Kernel<WebgpuHandle>, programs);
  return kernel as Kernel<WebgpuHandle>;
}

/** Programs that a kernel wants compiled before it runs. */
export const programsOf = (kernel: Kernel<WebgpuHandle>) => prepared.get(kernel)?.() ?? [];
