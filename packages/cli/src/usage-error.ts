import { ZooError } from '@paperzoo/core';

/** The command line itself is wrong: exit code 2. */
export class UsageError extends ZooError {
  override readonly code = 'usage';
}
