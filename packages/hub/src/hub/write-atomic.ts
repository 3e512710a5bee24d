import { throwIfAborted } from '@paperzoo/core';
import { nodeModule } from './node';

let counter = 0;

/** Writes a file so that others see the old one or the whole new one: a temporary neighbour is filled, flushed and renamed. */
export async function writeAtomic(path: string, bytes: Uint8Array, signal?: AbortSignal): Promise<void> {
  const fs = nodeModule('node:fs/promises', `Writing ${path}`);
  await fs.mkdir(nodeModule('node:path', path).dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.${Date.now().toString(36)}.${counter++}.part`;
  try {
    const handle = await fs.open(temporary, 'wx');
    try {
      await handle.writeFile(bytes, { signal });
      await handle.sync();
    } finally {
      await handle.close();
    }
    throwIfAborted(signal, `Writing ${path}`);
    await fs.rename(temporary, path);
  } catch (error) {
    await fs.rm(temporary, { force: true });
    throwIfAborted(signal, `Writing ${path}`);
    throw error;
  }
}
