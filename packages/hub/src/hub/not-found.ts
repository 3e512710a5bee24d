import { HubError } from '@paperzoo/core';

/** A `HubError` for a file that is not there, told apart because another file may serve instead. */
export class FileNotFound extends HubError {
  override name = 'HubError';
}
