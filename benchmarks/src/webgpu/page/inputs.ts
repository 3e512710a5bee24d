// The same numbers for everybody, made or fetched once.
import { picture } from '../../cases/picture';
import { noise } from '../../cases/noise';
import type { Problem } from '../problem';

/** Everything that lanes of one race begin with. */
export type Inputs =
  | {
      readonly kind: 'gemm';
      readonly side: number;
      readonly a: Float32Array;
      readonly b: Float32Array;
      readonly onnx: Uint8Array;
    }
  | { readonly kind: 'image'; readonly model: ModelFiles; readonly values: Float32Array }
  | { readonly kind: 'tokens'; readonly model: ModelFiles; readonly values: Int32Array };

interface ModelFiles {
  readonly name: string;
  readonly shape: readonly number[];
  /** As safetensors, for ours. */
  readonly weights: Uint8Array;
  /** The same model for onnxruntime. */
  readonly onnx: Uint8Array;
}

/** A problem's inputs; `files` gets what is too large to make twice. */
export async function inputsOf(
  problem: Problem,
  files: (name: 'weights' | 'onnx') => Promise<Uint8Array>,
): Promise<Inputs> {
  if (problem.kind === 'gemm') return { ...matricesOf(problem.side), onnx: await files('onnx') };
  const { kind, shape } = problem;
  const model = { name: problem.model, shape, weights: await files('weights'), onnx: await files('onnx') };
  if (kind === 'image') return { kind, model, values: picture(shape[0]!, shape[2]!) };
  return { kind, model, values: Int32Array.from(noise(shape[1]!, 3, 128), (x) => Math.floor(x + 128)) };
}

export const matricesOf = (side: number) => ({
  ...{ kind: 'gemm' as const, side },
  ...{ a: noise(side * side, 1), b: noise(side * side, 2) },
});
