import { ModelError, type Model, type ModelCard, type Tensor } from '@paperzoo/core';

/** One class of an answer, as models of the task `image-classification` give it. */
export interface ClassScore {
  readonly index: number;
  readonly label?: string;
  readonly wnid?: string;
  readonly score: number;
  readonly logit: number;
}

/** What the command needs of a model of the task `image-classification`, whichever plugin made it. */
export interface ImageClassifier extends Model {
  forward(x: Tensor): Tensor;
  classify(
    image: string,
    options: { topk: number; signal: AbortSignal; forward?: (x: Tensor) => Promise<Tensor> },
  ): Promise<ClassScore[]>;
}

export const IMAGE_TASK = 'image-classification';

/** @throws ModelError for a model of another task, before anything of it is loaded */
export function requireClassifier({ name, task }: ModelCard): void {
  if (task === IMAGE_TASK) return;
  throw new ModelError(`${name} (${task}) cannot be run from the command line: only ${IMAGE_TASK} can.`, {
    argument: 'name',
    expected: IMAGE_TASK,
    got: task,
  });
}

/** The names of a model's classes, where its card or its weights say them. */
export function classesOf({ config: { labels } }: Model): readonly string[] | undefined {
  return Array.isArray(labels) && labels.every((name) => typeof name === 'string') ? labels : undefined;
}

/** @throws ModelError when the model does not offer what its card says */
export function asClassifier(model: Model): ImageClassifier {
  if ('classify' in model && 'forward' in model) return model as ImageClassifier;
  throw new ModelError(`${model.name} has no classify or no forward, which models of the task ${IMAGE_TASK} have.`, {
    argument: 'name',
    expected: ['classify', 'forward'],
  });
}
