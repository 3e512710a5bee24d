import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ZooError } from '@paperzoo/core';
import { CommandError } from '../command-error';

/** A file that is to be, in pieces. */
export interface NewFile {
  readonly path: string;
  chunks(): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** @throws CommandError when one of the files is there already, or its folder is not */
export async function refuseExisting(paths: readonly string[], force: boolean): Promise<void> {
  for (const path of paths) {
    const folder = await stat(dirname(path)).catch(() => undefined);
    if (!folder?.isDirectory()) throw new CommandError(`The folder ${dirname(path)} does not exist.`, { file: path });
    const there = await stat(path).catch(() => undefined);
    if (there?.isDirectory()) throw new CommandError(`${path} is a folder.`, { file: path });
    if (there && !force)
      throw new CommandError(`${path} exists already.`, { file: path, remedy: 'Replace it with --force.' });
  }
}

/**
 * Writes all files or none: each under another name beside its own, and all are renamed when the last one is complete. The first of them is
 * renamed last, so that whoever finds it finds those that it needs.
 * @throws CommandError when the disk does not take them; nothing half-written stays
 */
export async function writeFiles(files: readonly NewFile[], signal: AbortSignal): Promise<void> {
  const parts: { readonly path: string; readonly part: string }[] = [];
  try {
    for (const { path, chunks } of files) {
      const part = join(dirname(path), `.${basename(path)}.${process.pid}.part`);
      parts.unshift({ path, part });
      const handle = await open(part, 'w');
      try {
        await writeAll(handle, chunks(), signal);
      } finally {
        await handle.close();
      }
    }
    for (const { path, part } of parts) await rename(part, path);
  } catch (cause) {
    for (const { part } of parts) await rm(part, { force: true });
    if (signal.aborted || cause instanceof ZooError) throw cause;
    const path = files[0]!.path;
    const full = (cause as NodeJS.ErrnoException).code === 'ENOSPC';
    throw new CommandError(`${path} could not be written: ${full ? 'the disk is full' : (cause as Error).message}.`, {
      ...{ file: path, cause },
      remedy: full ? 'Make room, or name another folder.' : 'Check that the folder may be written to and has room.',
    });
  }
}

async function writeAll(
  handle: FileHandle,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  signal: AbortSignal,
) {
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      signal.throwIfAborted();
      at += (await handle.write(chunk, at, Math.min(chunk.length - at, STEP))).bytesWritten;
    }
  }
  await handle.sync();
}

/** Bytes between two looks at the signal. */
const STEP = 2 ** 24;
