import type { HostTensor } from '../host-tensor';

/** Everything a run needs to go on: tensors by name and texts by key. */
export interface Snapshot {
  readonly tensors: ReadonlyMap<string, HostTensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

/** Where a training run keeps its checkpoints; `folderCheckpoints` is one on disk. */
export interface CheckpointStore {
  /** Keeps a snapshot as a whole or throws and leaves the older ones readable. Resolves to its name, a path for instance. */
  save(step: number, snapshot: Snapshot): Promise<string>;
  /** The newest snapshot that can be read; undefined when there is none. */
  newest(): Promise<(Snapshot & { readonly name: string }) | undefined>;
}
