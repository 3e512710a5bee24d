import { ZooError } from '@paperzoo/core';

/** A model is sound, but uses what cannot be written or run here; the message lists all of it at once. */
export class UnsupportedError extends ZooError {
  override readonly code = 'unsupported';
}
