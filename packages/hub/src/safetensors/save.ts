import { HubError } from '@paperzoo/core';
import { writeAtomic } from '../hub/write-atomic';
import { writeSafetensors, type WritableTensor } from './write';

/**
 * Writes a checkpoint to disk (Node). Readers of `path` see the old file or the whole new one, never a part.
 * @throws HubError when the file cannot be written; whatever was at `path` is then untouched
 */
export async function saveSafetensors(
  path: string,
  tensors: Iterable<readonly [string, WritableTensor]>,
  metadata: Iterable<readonly [string, string]> = [],
): Promise<void> {
  const bytes = writeSafetensors(tensors, metadata);
  try {
    await writeAtomic(path, bytes);
  } catch (cause) {
    throw new HubError(`${path} could not be written.`, {
      file: path,
      cause,
      remedy: 'Check that the folder exists and has room.',
    });
  }
}
