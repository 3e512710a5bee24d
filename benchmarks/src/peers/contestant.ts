import type { MixingProblem } from './linear-attention-model';

/** A library that is ready to run one case: everything that is done once has been done. */
export interface Contestant {
  readonly id: string;
  readonly label: string;
  readonly threads: number;
  /** Floating-point operations of one call, where they are not the case's. */
  readonly flops?: number;
  /** One call; done when it returns, or when its promise resolves. Frees its outputs. */
  run(): unknown;
  /** The result of one call, to be compared with ours. */
  output(): Promise<Float32Array>;
  dispose(): Promise<void> | void;
}

/** A library that cannot run a case, and why: shown, never dropped. */
export interface Absent {
  readonly id: string;
  readonly label: string;
  readonly threads: number;
  readonly unavailable: string;
}

/** C[m, n] = A[m, k] · B[k, n], float32 and row-major; B is the weight. */
export interface GemmProblem {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly a: Float32Array;
  readonly b: Float32Array;
}

/** Sums of two vectors, elementwise; b is the same in every call. */
export interface AdditionProblem {
  readonly a: Float32Array;
  readonly b: Float32Array;
}

/** A whole network for those who run graphs. */
export interface GraphProblem {
  /** An ONNX ModelProto with one input and one output. */
  readonly onnx: Uint8Array;
  readonly input: Float32Array;
  readonly shape: readonly number[];
}

/** One library beside ours. Its methods reject with the library's own error; `guard` turns that into an `Absent`. */
export interface Peer {
  readonly id: string;
  readonly label: string;
  gemm(problem: GemmProblem, threads: number): Promise<Contestant>;
  addition(problem: AdditionProblem, threads: number): Promise<Contestant>;
  graph(problem: GraphProblem, threads: number): Promise<Contestant>;
  /** Gated linear attention, one thread. */
  mixing(problem: MixingProblem): Promise<Contestant>;
}

/** A reason that is known beforehand. */
export class Unavailable extends Error {}
