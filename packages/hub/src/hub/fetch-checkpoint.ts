import { FormatError, HubError, throwIfAborted } from '@paperzoo/core';
import { Checkpoint } from '../safetensors/checkpoint';
import { parseSafetensors, readSafetensors } from '../safetensors/read';
import { parseShardIndex } from '../safetensors/shard-index';
import { quote } from '../json/reader';
import { FileNotFound } from './not-found';
import { expectationFor, resolveOptions, type HubOptions } from './options';
import { MAIN_FILE, openSource, type FileSource } from './source';
import { verifyBytes, verifySize } from './verify';

/** Where a checkpoint is: `hf:org/repo[@revision]`, an https address, a file or folder (Node), or the bytes themselves. */
export type CheckpointSource = string | URL | Uint8Array | ArrayBuffer | Blob;

export interface FetchCheckpointOptions extends HubOptions {
  /** File inside the source; default `model.safetensors`, else the sharded `model.safetensors.index.json`. */
  file?: string;
}

const INDEX_FILE = `${MAIN_FILE}.index.json`;

/**
 * Loads a checkpoint from wherever it is: verified, cached, cancellable. Sharded checkpoints come back as one.
 * @throws HubError (not there, network), IntegrityError (size or hash), FormatError (not safetensors), AbortError
 */
export async function fetchCheckpoint(
  source: CheckpointSource,
  options: FetchCheckpointOptions = {},
): Promise<Checkpoint> {
  throwIfAborted(options.signal, 'Loading a checkpoint');
  const maxBytes = resolveOptions(options).maxBytes;
  if (typeof source !== 'string' && !(source instanceof URL)) return fromMemory(source, options, maxBytes);
  const files = await openSource(source, named(options));
  const checkpoint = await load(files, options, maxBytes);
  files.ready();
  return checkpoint;
}

/** A single hash or size speaks of `file` when that is given. */
function named(options: FetchCheckpointOptions): HubOptions {
  const { file, sha256, size } = options;
  if (file === undefined) return options;
  return {
    ...options,
    ...(typeof sha256 === 'string' && { sha256: { [file]: sha256 } }),
    ...(typeof size === 'number' && { size: { [file]: size } }),
  };
}

async function fromMemory(
  source: Uint8Array | ArrayBuffer | Blob,
  options: FetchCheckpointOptions,
  maxBytes: number,
): Promise<Checkpoint> {
  const file = options.file ?? 'the given bytes';
  const expected = expectationFor(options, file, true);
  if (source instanceof Blob) {
    verifySize(source.size, expected.size, file);
    // Without a hash to compare, the header can be checked before the rest is read.
    if (expected.sha256 === undefined || source.size > maxBytes)
      return readSafetensors(source, { file, maxBytes, signal: options.signal });
  }
  const bytes =
    source instanceof Uint8Array
      ? source
      : new Uint8Array(source instanceof Blob ? await source.arrayBuffer() : source);
  throwIfAborted(options.signal, 'Loading a checkpoint');
  await verifyBytes(bytes, expected, file);
  return parseSafetensors(bytes, { file, maxBytes });
}

async function load(files: FileSource, options: FetchCheckpointOptions, maxBytes: number): Promise<Checkpoint> {
  const named = options.file ?? files.entry;
  if (named !== undefined) return loadNamed(files, named, options, maxBytes);
  try {
    return await loadNamed(files, MAIN_FILE, options, maxBytes);
  } catch (first) {
    if (!(first instanceof FileNotFound)) throw first;
    try {
      return await loadNamed(files, INDEX_FILE, options, maxBytes);
    } catch (second) {
      if (!(second instanceof FileNotFound)) throw second;
      throw new HubError(`${files.name} has neither ${MAIN_FILE} nor ${INDEX_FILE}: ${first.message}`, {
        ...first.details,
        cause: first,
      });
    }
  }
}

async function loadNamed(
  files: FileSource,
  name: string,
  options: FetchCheckpointOptions,
  maxBytes: number,
): Promise<Checkpoint> {
  if (/\.(?:bin|ckpt|pth?|pkl|pickle)$/i.test(name)) {
    throw new FormatError(`${files.locate(name)} is a pickle by its name; pickles can run code and are never opened.`, {
      file: files.locate(name),
      expected: 'safetensors',
      remedy: 'Convert it to safetensors.',
    });
  }
  const bytes = await files.read(name);
  if (!name.endsWith('.json')) return parseSafetensors(bytes, { file: files.locate(name), maxBytes });
  return loadShards(files, name, bytes, options, maxBytes);
}

async function loadShards(
  files: FileSource,
  index: string,
  bytes: Uint8Array,
  options: FetchCheckpointOptions,
  maxBytes: number,
): Promise<Checkpoint> {
  const file = files.locate(index);
  const { shards, totalSize = 0 } = parseShardIndex(bytes, file);
  let total = 0;
  const limit = (claimed: number): void => {
    if (claimed <= maxBytes) return;
    const remedy = 'Raise maxBytes if the checkpoint is meant to be that large.';
    throw new HubError(`${file}: the shards have more bytes (${claimed}) than maxBytes allows.`, {
      file,
      expected: maxBytes,
      got: claimed,
      remedy,
    });
  };
  limit(totalSize);
  const all = new Checkpoint();
  for (const [shard, names] of shards) {
    throwIfAborted(options.signal, `Loading ${files.name}`);
    const where = files.locate(shard);
    const data = await readShard(files, shard, file);
    limit((total += data.length));
    const part = parseSafetensors(data, { file: where, maxBytes });
    for (const name of names) {
      if (part.has(name)) continue;
      const details = { file: where, where: `tensor ${quote(name)}`, argument: name };
      throw new FormatError(`${where} lacks tensor ${quote(name)}, which ${index} says is there.`, details);
    }
    for (const [name, tensor] of part) {
      const twin = all.get(name);
      if (twin) {
        const details = { file: where, where: `tensor ${quote(name)}`, argument: name };
        throw new FormatError(`Tensor ${quote(name)} is in two shards, ${twin.file} and ${where}.`, details);
      }
      all.set(name, tensor);
    }
  }
  return all;
}

async function readShard(files: FileSource, shard: string, index: string): Promise<Uint8Array> {
  try {
    return await files.read(shard);
  } catch (cause) {
    if (!(cause instanceof FileNotFound)) throw cause;
    throw new FormatError(`${index} names the shard ${quote(shard)}, which is not there: ${cause.message}`, {
      file: index,
      where: shard,
      cause,
    });
  }
}
