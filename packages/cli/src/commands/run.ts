import type { Tensor, Zoo } from '@paperzoo/core';
import type { CommonOptions, Context } from '../context';
import { loadPlugins } from '../plugins/load-plugins';
import { milliseconds } from '../terminal/numbers';
import { describe } from '../terminal/report-error';
import { UsageError } from '../usage-error';
import { makeZoo, type DeviceName } from '../zoo';
import { compileClassifier, EXECUTOR_LABELS, openExecutor, type ExecutorName } from './executor';
import { findCard } from './find-card';
import { asClassifier, classesOf, requireClassifier, type ClassScore, type ImageClassifier } from './image-model';
import { loadModel, weightsOf, weightsSource, type WeightOptions } from './load-model';
import { TEXT_TASK } from './text-model';
import { writeClasses, writeScores } from './write-scores';

export interface RunOptions extends CommonOptions, WeightOptions {
  readonly image?: readonly string[];
  readonly device: DeviceName;
  readonly executor: ExecutorName;
  readonly threads: number;
  readonly topk: number;
  readonly prompt?: string;
  readonly maxTokens: number;
  readonly temperature: number;
  readonly topP: number;
  readonly seed: number;
}

/** What became of one image. */
export type Answer =
  | { readonly file: string; readonly ms: number; readonly top: readonly ClassScore[] }
  | { readonly file: string; readonly error: ReturnType<typeof describe> };

/**
 * `paperzoo run`: classifies images, or goes on with a text. An image that cannot be read is told and the rest go on; the exit code is 1 then.
 */
export async function run(
  context: Context,
  name: string,
  files: readonly string[],
  options: RunOptions,
): Promise<number> {
  const { terminal } = context;
  const { found } = await loadPlugins(context, options);
  const { card } = findCard(found, name);
  const hub = weightsOf(name, options);
  if (card.task === TEXT_TASK) return (await import('./run-text')).runText(context, found, card, hub);
  requireClassifier(card);
  const images = [...files, ...(options.image ?? [])];
  if (images.length === 0) {
    throw new UsageError(`${card.name} classifies images, and none was named.`, {
      argument: 'image',
      remedy: `Name them: paperzoo run ${name} FILE.`,
    });
  }
  const zoo = await makeZoo(context, found, options);
  try {
    const start = performance.now();
    using model = asClassifier(await loadModel(context, zoo, card, hub));
    const executor = options.executor === 'wasm' ? undefined : await openExecutor(options.executor, options.threads);
    const compiled = executor && (await compileClassifier(context, zoo, model, executor));
    const loadMs = performance.now() - start;
    const answers = await classifyAll(context, model, images, options.topk, compiled);
    await compiled?.dispose();
    const { device, threads } = placeOf(zoo, options);
    const weights = hub.weights ?? weightsSource(card);
    const classes = classesOf(model);
    terminal.result({ model: card.name, weights, classes, device, threads, loadMs, images: answers }, () => {
      terminal.write(`${card.name} on ${device}, loaded in ${milliseconds(loadMs)}`);
      if (classes) writeClasses(terminal, classes);
      if (weights === 'random') terminal.write('The weights are random: the labels mean nothing.');
      for (const answer of answers) writeScores(terminal, answer);
    });
    return answers.some((answer) => 'error' in answer) ? 1 : 0;
  } finally {
    await zoo.dispose();
  }
}

/** What ran the model, and on how many threads. */
export const placeOf = (zoo: Zoo, { executor, threads }: RunOptions): { device: string; threads: number } =>
  executor === 'wasm' ? zoo.device.caps : { device: EXECUTOR_LABELS[executor], threads };

/** Classifies one image after the other; errors become answers, an abort does not. */
export async function classifyAll(
  { signal }: Context,
  model: ImageClassifier,
  files: readonly string[],
  topk: number,
  forward?: (x: Tensor) => Promise<Tensor>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const file of files) {
    const start = performance.now();
    try {
      const top = await model.classify(file, { topk, signal, ...(forward && { forward }) });
      answers.push({ file, ms: performance.now() - start, top });
    } catch (error) {
      signal.throwIfAborted();
      answers.push({ file, error: describe(error) });
    }
  }
  return answers;
}
