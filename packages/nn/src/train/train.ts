import { throwIfAborted, type Tensor, type Zoo } from '@paperzoo/core';
import type { AnyModule } from '../module';
import type { GradientClip } from '../optim/clip';
import type { MovingAverage } from '../optim/moving-average';
import type { Optimizer, OptimizerState, Tensors } from '../optim/optimizer';
import type { Schedule } from '../optim/schedule';
import type { CheckpointStore } from './checkpoint-store';
import type { BatchSource } from './data-loader';
import { restoreSnapshot, takeSnapshot } from './snapshot';
import { TrainingError } from './training-error';

/** What happened; `step` is the number of steps that are done. */
export type TrainEvent =
  | { readonly kind: 'resume'; readonly step: number; readonly checkpoint: string }
  | {
      readonly kind: 'step';
      readonly step: number;
      readonly loss: number;
      readonly lr: number;
      readonly seconds: number;
    }
  | { readonly kind: 'evaluate'; readonly step: number; readonly metrics: Readonly<Record<string, number>> }
  | { readonly kind: 'checkpoint'; readonly step: number; readonly checkpoint: string };

export interface TrainOptions<Batch> {
  readonly zoo: Zoo;
  /** Its parameters are what is trained; put into train mode while it is. */
  readonly model: AnyModule;
  /** Scalar loss of a batch. Tensors that it makes, the batch's own copy on the device included, are freed after the step. */
  readonly loss: (batch: Batch) => Tensor;
  readonly data: BatchSource<Batch>;
  readonly optimizer: Optimizer;
  /** Learning rate, fixed or per step. */
  readonly schedule: Schedule | number;
  /** How many steps the whole run has, those before a resume included. */
  readonly steps: number;
  readonly clip?: GradientClip;
  /** Follows the parameters after every step; the caller's to dispose. */
  readonly average?: MovingAverage;
  /** Measures the model in eval mode, every `evaluateEvery` steps and after the last one. */
  readonly evaluate?: (step: number) => Promise<Readonly<Record<string, number>>>;
  readonly evaluateEvery?: number;
  /** Kept every `checkpointEvery` steps, after the last one, and when `signal` fires. */
  readonly checkpoints?: CheckpointStore;
  readonly checkpointEvery?: number;
  /** Go on from the newest checkpoint, if there is one: bit for bit what an unbroken run would have done. */
  readonly resume?: boolean;
  /** Stops between two steps. */
  readonly signal?: AbortSignal;
}

/**
 * Trains a model, one event at a time: `for await (const event of train({ … }))`. It goes on only when the next event is asked for.
 * @throws TrainingError when the loss is not finite (the step is named, the weights before it are kept) or a checkpoint is another run's;
 * AbortError after a checkpoint when `signal` fires
 */
export async function* train<Batch>(options: TrainOptions<Batch>): AsyncGenerator<TrainEvent, void, void> {
  const { zoo, model, optimizer, data, steps, average, checkpoints, signal } = options;
  const run = { model, optimizer, average, fingerprint: data.fingerprint };
  const newest = options.resume ? await checkpoints?.newest() : undefined;
  let state = newest ? restoreSnapshot(zoo, newest, run) : zoo.scope(() => optimizer.init(model.parameters(zoo)));
  let saved = newest ? { step: state.step, checkpoint: newest.name } : undefined;
  const save = async (store: CheckpointStore): Promise<TrainEvent> => {
    saved = { step: state.step, checkpoint: await store.save(state.step, await takeSnapshot({ ...run, state })) };
    return { kind: 'checkpoint', ...saved };
  };
  if (saved) yield { kind: 'resume', ...saved };
  model.train();
  try {
    while (state.step < steps) {
      if (signal?.aborted) {
        if (checkpoints && saved?.step !== state.step) yield await save(checkpoints);
        throwIfAborted(signal, 'Training');
      }
      const done = await runStep(options, state, saved?.checkpoint);
      ({ state } = done);
      yield done.event;
      await breathe();
      const { step } = state;
      const last = step >= steps;
      if (options.evaluate && (last || due(step, options.evaluateEvery))) {
        yield { kind: 'evaluate', step, metrics: await inEvalMode(model, () => options.evaluate!(step)) };
      }
      if (checkpoints && (last || due(step, options.checkpointEvery))) yield await save(checkpoints);
    }
  } finally {
    disposeAll(...Object.values(state.slots));
  }
}

/** Devices that answer at once never let the event loop turn: without this nobody would hear Ctrl-C, nor a page repaint. */
const breathe = () => new Promise<void>((done) => setTimeout(done));

const due = (step: number, every: number | undefined) => every !== undefined && step % every === 0;

async function inEvalMode<T>(model: AnyModule, fn: () => Promise<T>): Promise<T> {
  model.eval();
  try {
    return await fn();
  } finally {
    model.train();
  }
}

async function runStep<Batch>(
  { zoo, model, loss, data, optimizer, schedule, clip, average }: TrainOptions<Batch>,
  state: OptimizerState,
  checkpoint: string | undefined,
): Promise<{ state: OptimizerState; event: TrainEvent }> {
  const batch = await data.at(state.step);
  const start = performance.now();
  const step = state.step + 1;
  const params: Tensors = model.parameters(zoo);
  const { value, grads } = zoo.valueAndGrad(() => loss(batch), params);
  try {
    const found = await value.item();
    // Before anything is changed: a loss that is no number has gradients that are none.
    if (!Number.isFinite(found)) throw notFinite(found, step, checkpoint);
    const lr = typeof schedule === 'number' ? schedule : schedule(state.step);
    const next = zoo.scope(() => optimizer.update({ params, grads: clip?.(grads, params) ?? grads, state, lr }));
    for (const [key, parameter] of model.namedParameters()) parameter.set(next.params[key]!);
    disposeAll(next.params, ...Object.values(state.slots));
    average?.update(model.parameters(zoo));
    const seconds = (performance.now() - start) / 1000;
    return { state: next.state, event: { kind: 'step', step, loss: found, lr, seconds } };
  } finally {
    value.dispose();
    disposeAll(grads);
  }
}

function notFinite(loss: number, step: number, checkpoint: string | undefined): TrainingError {
  const kept = checkpoint === undefined ? 'There is no checkpoint.' : `The last checkpoint is ${checkpoint}.`;
  return new TrainingError(`The loss of step ${step} is ${loss}. ${kept}`, {
    argument: 'loss',
    expected: 'a finite number',
    got: loss,
    where: `step ${step}`,
    remedy: 'Lower the learning rate, warm up longer or clip gradients, and resume.',
  });
}

function disposeAll(...sets: Tensors[]): void {
  for (const set of sets) for (const tensor of Object.values(set)) tensor.dispose();
}
