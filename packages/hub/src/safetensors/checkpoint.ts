import type { CheckpointTensor } from './tensor';

/** Tensors by name, in the order of the file's data, and the file's free-form metadata. */
export class Checkpoint extends Map<string, CheckpointTensor> {
  constructor(
    entries: Iterable<readonly [string, CheckpointTensor]> = [],
    readonly metadata: ReadonlyMap<string, string> = new Map(),
  ) {
    super(entries);
  }
}
