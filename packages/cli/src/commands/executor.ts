import { ModelError, type CompiledGraph, type GraphSource, type Model, type Tensor, type Zoo } from '@paperzoo/core';
import type { CompileProgress, OrtExecutor } from '@paperzoo/onnx';
import type { Context } from '../context';
import { startProgress } from '../terminal/progress';
import type { ImageClassifier } from './image-model';
import type { TextModel } from './text-model';

/** What runs a model: our own device, or onnxruntime on the graph that we export. */
export const EXECUTORS = ['wasm', 'ort', 'ort-node'] as const;
export type ExecutorName = (typeof EXECUTORS)[number];

/** How messages call each. */
export const EXECUTOR_LABELS: Readonly<Record<Exclude<ExecutorName, 'wasm'>, string>> = {
  ort: 'onnxruntime-web',
  'ort-node': 'onnxruntime-node',
};

/** onnxruntime with as many threads; its code is imported here. */
export async function openExecutor(name: Exclude<ExecutorName, 'wasm'>, threads: number): Promise<OrtExecutor> {
  const { ort } = await import('@paperzoo/onnx');
  return ort({ backend: name === 'ort' ? 'wasm' : 'node', threads });
}

/** The model's `forward` on an executor. */
export async function compileClassifier(
  { terminal, signal }: Context,
  zoo: Zoo,
  model: ImageClassifier,
  executor: OrtExecutor,
): Promise<CompiledGraph<(x: Tensor) => Tensor>> {
  const forward = model.graphs?.()['forward'] as GraphSource<(x: Tensor) => Tensor> | undefined;
  if (!forward) throw cannot(model);
  const progress = startProgress(terminal, `Compiling ${model.name}`);
  const onProgress = ({ phase, done, total }: CompileProgress) => progress.update(done / Math.max(1, total) / 2, phase);
  try {
    // The command shows one image at a time; what is fixed runs faster.
    return await zoo.compile(forward, { executor, sizes: { N: 1 }, signal, onProgress });
  } finally {
    progress.stop();
  }
}

/** A language model on an executor. */
export async function compileTextModel(
  { signal }: Context,
  model: TextModel,
  executor: OrtExecutor,
): Promise<Pick<TextModel, 'generate'> & { dispose(): Promise<void> }> {
  if (!model.runOn) throw cannot(model);
  return model.runOn(executor, { signal });
}

const cannot = ({ name }: Model) =>
  new ModelError(`${name} describes no graph that an executor could run.`, {
    ...{ argument: 'executor', remedy: 'Run it with --executor wasm.' },
  });
