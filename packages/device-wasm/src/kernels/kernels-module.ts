import { defineKernel, type Arg, type Kernel, type Op } from '@paperzoo/core';
import type { WasmContext } from '../context';
import { unpackModule } from '../module/bundle';

/** The module of everything but matrix products and convolutions; unpacked when a device first loads a kernel that needs it. */
export async function kernelsModule(): Promise<Uint8Array> {
  return unpackModule(await import('../generated/kernels.bundle'), 0);
}

export type WasmArg = Arg<number>;

/** Body of a kernel with one output. Arguments that the op requires are there; ops with optional ones look before they read. */
export type Run<Attrs> = (ctx: WasmContext, ins: readonly WasmArg[], out: WasmArg, attrs: Attrs) => void;

/** A kernel of this module for a core op with several outputs. */
export function wasmKernelOfSeveral<Attrs extends object = object>(
  op: Op,
  run: (ctx: WasmContext, ins: readonly (WasmArg | undefined)[], outs: readonly WasmArg[], attrs: Attrs) => void,
): Kernel<number> {
  return defineKernel<number, WasmContext>(op, {
    id: `${op.name}/wasm-simd`,
    device: 'wasm',
    module: kernelsModule,
    run: (ctx, ins, outs, attrs: Attrs) => run(ctx, ins, outs, attrs),
  }) as Kernel<number>;
}

/** A kernel of this module for a core op. */
export function wasmKernel<Attrs extends object = object>(
  op: Op,
  dtypes: Kernel['dtypes'],
  run: Run<Attrs>,
): Kernel<number> {
  return defineKernel<number, WasmContext>(op, {
    id: `${op.name}/wasm-simd`,
    device: 'wasm',
    dtypes,
    module: kernelsModule,
    run: (ctx, ins, outs, attrs: Attrs) => run(ctx, ins as readonly WasmArg[], outs[0]!, attrs),
  }) as Kernel<number>;
}
