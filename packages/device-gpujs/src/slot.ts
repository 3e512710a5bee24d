import type { ZooError } from '@paperzoo/core';
import type { Compiled } from './engine/compiled';
import type { Resident } from './engine/library';

/**
 * One tensor's memory: elements on this side (`host`), or a texture or buffer that a kernel left on the graphics card (`resident`). Every
 * dtype is kept in float32, because that is all that gpu.js computes with.
 */
export class Slot {
  host: Float32Array | undefined;
  resident: Resident | undefined;
  /** The kernel that made `resident`: gpu.js reads and frees a texture through it, so it must outlive the texture. */
  maker: Compiled | undefined;
  /** Set when the kernel that should have filled this slot failed; whoever reads it gets this error. */
  failure: ZooError | undefined;

  constructor(readonly size: number) {}
}
