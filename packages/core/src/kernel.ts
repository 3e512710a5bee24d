import type { DType, Spec } from './dtype';
import type { Arg, DeviceCaps } from './device';
import type { Op } from './op';

/** How one device computes one op: only ever an accelerator, never the meaning. */
export interface Kernel<Handle = unknown, Context = unknown> {
  /** `op/device-flavour`, for example `matmul/wasm-simd`. */
  readonly id: string;
  readonly op: Op;
  readonly device: string;
  /** Higher is tried first; ties go by id. Default 0. */
  readonly priority: number;
  /** Dtypes that every present input must have; default f32 alone. `'any'` leaves the check to `supports`. */
  readonly dtypes: readonly DType[] | 'any';
  /** True, or one sentence that says why not. Pure and cheap: looks at specs, attributes and capabilities only. */
  supports?(ins: readonly (Spec | undefined)[], attrs: never, caps: DeviceCaps): true | string;
  /** Inference kernels are skipped while a tape records. */
  readonly direction: 'both' | 'inference';
  /** What the device needs to load before `run`: for wasm, the bytes of a module that imports `env.memory`. */
  readonly module?: () => Promise<Uint8Array> | Uint8Array;
  /** Outputs were allocated by the core and are not initialised. */
  run(ctx: Context, ins: readonly (Arg<Handle> | undefined)[], outs: readonly Arg<Handle>[], attrs: never): void;
}

export type KernelSpec<Handle, Context> = Omit<
  Kernel<Handle, Context>,
  'op' | 'priority' | 'dtypes' | 'direction' | 'supports' | 'run'
> &
  Partial<Pick<Kernel<Handle, Context>, 'priority' | 'dtypes' | 'direction'>> & {
    // Attributes are checked against the op's schema before a kernel sees them; each kernel states the part that it reads.
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    supports?(ins: readonly (Spec | undefined)[], attrs: any, caps: DeviceCaps): true | string;
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    run(ctx: Context, ins: readonly (Arg<Handle> | undefined)[], outs: readonly Arg<Handle>[], attrs: any): void;
  };

/** Registers nothing: returns the value that a device or a plugin lists. */
export function defineKernel<Handle, Context>(op: Op, spec: KernelSpec<Handle, Context>): Kernel<Handle, Context> {
  return Object.freeze({ priority: 0, dtypes: ['f32'] as const, direction: 'both' as const, ...spec, op }) as Kernel<
    Handle,
    Context
  >;
}
