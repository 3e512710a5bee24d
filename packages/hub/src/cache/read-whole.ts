import { HubError } from '@paperzoo/core';
import { nodeModule } from '../hub/node';
import { randomAccess } from '../safetensors/source';

/** A file's bytes, refused by its size before anything is allocated (Node). */
export async function readWhole(path: string, maxBytes: number): Promise<Uint8Array> {
  const handle = await nodeModule('node:fs/promises', `Reading ${path}`).open(path);
  try {
    const { size, read } = await randomAccess(handle);
    if (size > maxBytes) {
      throw new HubError(`${path} has ${size} bytes, more than maxBytes allows.`, {
        file: path,
        expected: maxBytes,
        got: size,
      });
    }
    return await read(0, size);
  } finally {
    await handle.close();
  }
}

/** True when an error of Node's fs says that there is no such file. */
export function isMissing(error: unknown): boolean {
  const code = (error as { code?: unknown } | undefined)?.code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
