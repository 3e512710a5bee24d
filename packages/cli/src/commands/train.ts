import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { saveSafetensors } from '@paperzoo/hub';
import { cosineRate, folderCheckpoints, train as runTraining, warmUp, type TrainEvent } from '@paperzoo/nn';
import type { ModelCard, Zoo } from '@paperzoo/core';
import { CommandError } from '../command-error';
import type { CommonOptions, Context } from '../context';
import { loadPlugins } from '../plugins/load-plugins';
import { writeFacts } from '../terminal/facts';
import { startProgress, type Progress } from '../terminal/progress';
import { readHistory, record, writeHistory, type History } from '../train/history';
import { halved } from '../train/halved';
import { imageTask } from '../train/image-task';
import { languageTask } from '../train/language-task';
import type { TrainingTask } from '../train/training-task';
import { trainingReport } from '../train/training-report';
import { UsageError } from '../usage-error';
import { makeZoo, type DeviceName } from '../zoo';
import { findCard } from './find-card';
import { IMAGE_TASK } from './image-model';

export interface TrainCommandOptions extends CommonOptions {
  readonly data: string;
  readonly steps: number;
  readonly device: DeviceName;
  readonly threads: number;
  readonly batch: number;
  readonly seed: number;
  readonly length: number;
  readonly imgSize: number;
  readonly lr?: number;
  readonly out?: string;
  readonly every: number;
  readonly resume?: boolean;
  readonly half?: boolean;
}

const WARM_UP = 0.05;

/** `paperzoo train`: trains a model from fresh weights, or goes on with a run that was stopped. */
export async function train(context: Context, name: string, options: TrainCommandOptions): Promise<void> {
  const { terminal } = context;
  const { found } = await loadPlugins(context, options);
  const { card } = findCard(found, name);
  const folder = options.out ?? join('runs', `${card.name}-${options.data.replace(/[^\w.-]+/g, '_')}`);
  const checkpoints = folderCheckpoints(join(folder, 'checkpoints'));
  const before = await checkpoints.newest();
  if (before && !options.resume) {
    throw new UsageError(`${folder} holds a run already (${before.name}).`, {
      argument: 'out',
      got: folder,
      remedy: 'Go on with it by --resume, or give another --out.',
    });
  }
  const zoo = await makeZoo(context, found, options);
  try {
    const task = await makeTask(context, zoo, card, options);
    using _model = task.model;
    await mkdir(folder, { recursive: true });
    const started = Number(before?.metadata.get('step') ?? 0);
    const history = await readHistory(folder, started);
    const peak = options.lr ?? task.peak;
    const rest = Math.max(1, Math.round(options.steps * WARM_UP));
    const events = runTraining({
      zoo,
      ...task,
      model: task.module,
      loss: (batch) => task.loss(batch),
      schedule: warmUp(cosineRate({ peak, floor: task.floor * peak, steps: options.steps - rest }), {
        steps: rest,
        from: peak / rest,
      }),
      steps: options.steps,
      evaluate: async (step) => {
        const text = await task.sample?.();
        if (text !== undefined) history.samples.push({ step, text });
        return task.evaluate(step >= options.steps);
      },
      evaluateEvery: options.every,
      checkpoints,
      checkpointEvery: options.every,
      resume: options.resume ?? false,
      signal: context.signal,
    });
    const facts = () => ({
      model: card.name,
      data: options.data,
      steps: `${history.training.at(-1)?.step ?? started} of ${options.steps}, batches of ${options.batch}`,
      ...figures(history),
    });
    const report = async () => {
      await writeHistory(folder, history);
      await writeFile(join(folder, 'report.html'), trainingReport(`Training ${card.name}`, facts(), history));
    };
    try {
      await follow(context, events, history, options.steps);
    } finally {
      // An interrupted run has a curve as well.
      await report();
    }
    const weights = join(folder, 'model.safetensors');
    const state = await task.module.stateDict();
    await saveSafetensors(weights, options.half ? halved(state) : state);
    const last = history.validation.at(-1);
    const document = { model: card.name, data: options.data, steps: options.steps, from: started, folder, weights, metrics: last?.metrics }; // prettier-ignore
    terminal.result(document, () => {
      writeFacts(terminal, [...Object.entries(facts()), ['weights', weights], ['report', join(folder, 'report.html')]]);
    });
  } finally {
    await zoo.dispose();
  }
}

function makeTask({ signal }: Context, zoo: Zoo, card: ModelCard, options: TrainCommandOptions): Promise<TrainingTask> {
  if (card.task === IMAGE_TASK) return imageTask(zoo, card, { ...options, signal });
  if (card.task === 'text-generation') return languageTask(zoo, card, { ...options, signal });
  throw new CommandError(`${card.name} (${card.task}) cannot be trained from the command line.`, {
    argument: 'name',
    expected: [IMAGE_TASK, 'text-generation'],
    got: card.task,
  });
}

/** Shows a run while it goes. */
async function follow(
  { terminal }: Context,
  events: AsyncIterable<TrainEvent>,
  history: History,
  steps: number,
): Promise<void> {
  const progress = startProgress(terminal, 'Training');
  try {
    for await (const event of events) {
      record(history, event);
      tell(progress, event, history, steps);
    }
  } finally {
    progress.stop();
  }
}

function tell(progress: Progress, event: TrainEvent, history: History, steps: number): void {
  const { step } = event;
  if (event.kind === 'resume') progress.log(`Going on after step ${step} (${event.checkpoint})`);
  if (event.kind === 'step') {
    progress.update(
      step / steps,
      `step ${step}, loss ${event.loss.toFixed(3)}, ${event.seconds.toFixed(2)} s per step`,
    );
  }
  if (event.kind !== 'evaluate') return;
  const said = Object.entries(event.metrics).map(([key, value]) => `${key} ${value.toFixed(4)}`);
  progress.log(`Step ${step}: ${said.join(', ')} on data that is not trained on`);
  const sample = history.samples.at(-1);
  if (sample?.step === step) progress.log(`  ${JSON.stringify(sample.text)}`);
}

function figures({ training, validation }: History): Record<string, string> {
  const last = validation.at(-1);
  const own = training.at(-1);
  return {
    ...(own && { 'training loss': own.loss.toFixed(4) }),
    ...Object.fromEntries(Object.entries(last?.metrics ?? {}).map(([key, value]) => [`validation ${key}`, value.toFixed(4)])), // prettier-ignore
  };
}
