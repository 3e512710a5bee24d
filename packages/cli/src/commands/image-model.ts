import { ModelError, type Model, type Tensor } from '@paperzoo/core';

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
  classify(image: string, options: { topk: number; signal: AbortSignal }): Promise<ClassScore[]>;
}

export const IMAGE_TASK = 'image-classification';

/** @throws ModelError when the model does not do what its card says */
export function asClassifier(model: Model, task: string): ImageClassifier {
  if (task === IMAGE_TASK && 'classify' in model && 'forward' in model) return model as ImageClassifier;
  throw new ModelError(`${model.name} (${task}) cannot be run from the command line: only ${IMAGE_TASK} can.`, {
    argument: 'name',
    expected: IMAGE_TASK,
    got: task,
  });
}
