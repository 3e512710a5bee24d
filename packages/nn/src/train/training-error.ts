import { ZooError } from '@paperzoo/core';

/** Training cannot go on: the loss or a weight is no finite number, or a checkpoint does not belong to this run. */
export class TrainingError extends ZooError {
  override readonly code = 'training';
}
