import { ZooError } from '@paperzoo/core';

/** A command cannot do its work here, whatever its arguments are. */
export class CommandError extends ZooError {
  override readonly code = 'command';
}
