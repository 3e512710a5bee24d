import type { Model, Tensor } from '@paperzoo/core';
import type { AnyModule, BatchSource, GradientClip, Optimizer } from '@paperzoo/nn';

/** A model together with what it learns from; `Batch` stays between `data` and `loss`. */
export interface TrainingTask<Batch = unknown> {
  readonly model: Model;
  readonly module: AnyModule;
  readonly data: BatchSource<Batch>;
  readonly optimizer: Optimizer;
  readonly clip: GradientClip;
  /** Highest learning rate unless the user gives one. */
  readonly peak: number;
  /** Lowest learning rate, at the end of the run, as a share of the highest. */
  readonly floor: number;
  loss(batch: Batch): Tensor;
  /** Figures on data that is not trained on; `last` asks for all of it. */
  evaluate(last: boolean): Promise<Readonly<Record<string, number>>>;
  /** Something that the model makes, to look at. */
  sample?(): Promise<string>;
}

/** What a task is told by the command line. */
export interface TaskOptions {
  readonly data: string;
  readonly batch: number;
  readonly seed: number;
  readonly length: number;
  readonly imgSize: number;
  readonly signal: AbortSignal;
}
