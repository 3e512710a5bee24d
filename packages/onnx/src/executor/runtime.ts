import { AttrError, DeviceError } from '@paperzoo/core';
import type { InferenceSession, Tensor } from 'onnxruntime-web';
import { BACKENDS, type OrtBackend, type OrtOptions } from './options';

/** The part that onnxruntime's packages have in common. */
interface Library {
  readonly InferenceSession: {
    create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: new (type: Tensor.Type, data: Tensor.DataType, dims: readonly number[]) => Tensor;
  readonly env: { logLevel?: string; wasm: { numThreads?: number; wasmPaths?: unknown } };
}

/** One of onnxruntime's packages, ready to make sessions. */
export interface Runtime {
  readonly backend: OrtBackend;
  readonly library: Library;
  readonly session: InferenceSession.SessionOptions;
  /** True where an output may be computed into memory that was given. */
  readonly fillsOutputs: boolean;
}

/** Threads of onnxruntime-web by the library that they were set for: it starts them with its first session, and keeps them. */
const started = new WeakMap<Library, number>();

/**
 * Imports the package of a back-end.
 * @throws AttrError for options that cannot be meant; DeviceError when the package is not installed, or cannot do what is asked here
 */
export async function openRuntime({ backend = 'wasm', threads = 1, wasmPaths }: OrtOptions): Promise<Runtime> {
  if (!BACKENDS.includes(backend)) {
    const details = { argument: 'backend', expected: BACKENDS, got: backend };
    throw new AttrError(`ort: backend must be one of ${BACKENDS.join(', ')}, got ${String(backend)}.`, details);
  }
  if (!Number.isInteger(threads) || threads < 1) {
    const details = { argument: 'threads', expected: 'an integer of at least 1', got: threads };
    throw new AttrError(`ort: threads must be an integer of at least 1, got ${String(threads)}.`, details);
  }
  const library = await load(backend);
  // What sessions find worth a warning, such as weights that nobody uses, is of no use to who runs a model.
  const quiet = { logSeverityLevel: 3, graphOptimizationLevel: 'all' } as const;
  if (backend === 'node') {
    const session = { ...quiet, executionProviders: ['cpu'], intraOpNumThreads: threads, interOpNumThreads: 1 };
    return { backend, library, session, fillsOutputs: true };
  }
  if (backend === 'webgpu') await requireGpu();
  library.env.logLevel = 'error';
  if (wasmPaths !== undefined) library.env.wasm.wasmPaths = wasmPaths;
  const before = started.get(library);
  if (before !== undefined && before !== threads) {
    throw new DeviceError(`onnxruntime-web runs on ${before} thread(s) already; its first session decided that.`, {
      ...{ argument: 'threads', expected: before, got: threads },
      remedy: 'Ask for the same number everywhere, or use another process.',
    });
  }
  library.env.wasm.numThreads = threads;
  started.set(library, threads);
  return { backend, library, session: { ...quiet, executionProviders: [backend] }, fillsOutputs: false };
}

const PACKAGES = {
  wasm: 'onnxruntime-web',
  webgpu: 'onnxruntime-web',
  node: 'onnxruntime-node',
} as const satisfies Record<OrtBackend, string>;

async function load(backend: OrtBackend): Promise<Library> {
  try {
    if (backend === 'wasm') return moduleOf(await import('onnxruntime-web/wasm'));
    if (backend === 'webgpu') return moduleOf(await import('onnxruntime-web/webgpu'));
    // A name that bundlers cannot see: a page has no use for a native package.
    const name: string = PACKAGES.node;
    return moduleOf(await import(/* webpackIgnore: true */ /* @vite-ignore */ name));
  } catch (cause) {
    const name = PACKAGES[backend];
    const missing = /cannot find|not found|failed to resolve|resolve module/i.test(String(cause));
    const why = missing
      ? 'is not installed'
      : `could not be started: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw new DeviceError(`${name}, which ort({ backend: '${backend}' }) runs on, ${why}.`, {
      ...{ argument: 'backend', got: backend, cause },
      ...(missing && { remedy: `npm install ${name}` }),
    });
  }
}

/** onnxruntime-node is CommonJS: where Node does not see its names, they are those of the default export. */
function moduleOf(module: object): Library {
  const { default: inner } = module as { default?: object };
  return ('InferenceSession' in module ? module : inner) as Library;
}

async function requireGpu(): Promise<void> {
  const gpu = typeof navigator === 'undefined' ? undefined : (navigator as { gpu?: GPU }).gpu;
  if (await gpu?.requestAdapter()) return;
  const why = gpu ? 'has no GPU for it' : 'has no WebGPU';
  throw new DeviceError(
    `ort({ backend: 'webgpu' }): this ${typeof window === 'undefined' ? 'process' : 'browser'} ${why}.`,
    {
      ...{ argument: 'backend', got: 'webgpu' },
      remedy: "Use backend: 'wasm'.",
    },
  );
}
