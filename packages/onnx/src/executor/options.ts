import type { GraphExportOptions } from '../export-graph';
import type { ExportProgress } from '../options';

/** Where onnxruntime computes: `wasm` and `webgpu` of onnxruntime-web, or the native onnxruntime-node. */
export const BACKENDS = ['wasm', 'webgpu', 'node'] as const;
export type OrtBackend = (typeof BACKENDS)[number];

export interface OrtOptions {
  /** Default `wasm`, which runs in Node and in browsers. `webgpu` needs a browser that has it. */
  readonly backend?: OrtBackend;
  /** Of `wasm`, where the first session of a process or page decides for all of them, and of `node`. Default 1. */
  readonly threads?: number;
  /** Folder that serves onnxruntime-web's .mjs and .wasm files, for pages whose bundler does not place them. */
  readonly wasmPaths?: string;
}

/** One step of a compilation: those of the export, then the start of the session. */
export type CompileProgress =
  ExportProgress | { readonly phase: 'session'; readonly done: number; readonly total: number };

/** Options of `zoo.compile` beside the executor. */
export interface CompileOptions extends Omit<GraphExportOptions, 'onProgress' | 'externalData'> {
  /** Outputs that stay with the runtime when `run` makes them, such as a state that goes into the next run. */
  readonly held?: readonly string[];
  readonly onProgress?: (progress: CompileProgress) => void;
}
