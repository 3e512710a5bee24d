import { DeviceError } from '@paperzoo/core';

// The part of gpu.js 2.24.1 that this device relies on, including fields that its own typings leave out.

/** A result that stayed on the graphics card: a texture (webgl2) or a buffer (webgpu). */
export interface Resident {
  toArray(): ArrayLike<number> | Promise<ArrayLike<number>>;
  delete(): void;
}

interface RawResource {
  readonly _refs?: number;
}

/** The kernel behind gpu.js's callable. */
interface InnerKernel {
  readonly constructor: { readonly mode: string };
  readonly fallbackReason: string | null;
  /** webgpu: its device, and whether it is lost. webgl2: the context. */
  readonly context?: {
    readonly isLost?: boolean;
    readonly device?: EventTarget;
    isContextLost?(): boolean;
    getError?(): number;
  };
  /** webgl2: the output texture that the kernel renders to, shared with the result of its last run. */
  readonly texture?: { readonly texture: RawResource } | null;
  /** webgpu: likewise. */
  readonly outputBuffer?: RawResource | null;
  /** webasm: one memory for each set of sizes. */
  readonly _moduleCache?: ReadonlyMap<string, { readonly memory: WebAssembly.Memory | null }>;
}

export type KernelResult = Float32Array | Resident | Promise<Resident>;

export interface GpujsKernel {
  (...inputs: unknown[]): KernelResult;
  readonly kernel: InnerKernel;
  setOutput(output: readonly number[]): unknown;
  destroy(removeCanvasReferences?: boolean): void;
}

interface KernelSettings {
  readonly output: readonly number[];
  readonly constants: Readonly<Record<string, number>>;
  readonly constantTypes: Readonly<Record<string, 'Integer' | 'Float'>>;
  readonly functions: readonly object[];
  readonly loopMaxIterations: number;
  readonly precision: 'single';
  readonly tactic: 'precision';
  readonly returnType: 'Number';
  readonly pipeline: boolean;
  readonly immutable: boolean;
  readonly dynamicOutput?: boolean;
  readonly dynamicArguments?: boolean;
}

export interface GpujsInstance {
  createKernel(source: string, settings: KernelSettings): GpujsKernel;
  destroy(): Promise<void>;
  readonly context?: unknown;
}

interface GpujsClass {
  new (settings: { mode: string }): GpujsInstance;
  readonly isWebGL2Supported: boolean;
  isWebGPUAvailable(): Promise<boolean>;
}

export interface Library {
  readonly GPU: GpujsClass;
  readonly input: (value: Float32Array, size: readonly number[]) => unknown;
}

/** Loads gpu.js when a device is made, not before: it is large, and needs a page that allows `eval`. */
export async function loadLibrary(): Promise<Library> {
  let module: Record<string, unknown>;
  try {
    module = (await import('gpu.js')) as unknown as Record<string, unknown>;
  } catch (cause) {
    throw new DeviceError('gpujs: the package gpu.js could not be loaded.', { cause });
  }
  // Node shows its CommonJS exports by name; bundlers may give the browser build's class as the default export.
  const candidates = [module, module.default, (module.default as Record<string, unknown> | undefined)?.default];
  for (const candidate of candidates) {
    const found = candidate as { GPU?: GpujsClass; input?: Library['input'] } | undefined;
    if (typeof found?.GPU === 'function' && typeof found.input === 'function')
      return { GPU: found.GPU, input: found.input };
  }
  throw new DeviceError('gpujs: the package gpu.js has no class GPU: another version than 2.24 is installed.');
}
