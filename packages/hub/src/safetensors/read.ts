import { FormatError, throwIfAborted } from '@paperzoo/core';
import { Checkpoint } from './checkpoint';
import { headerLength, parseHeader, type SafetensorsHeader } from './header';
import { randomAccess, type ByteSource } from './source';
import { CheckpointTensor } from './tensor';

/** 4 GiB: above it, reading must be asked for. */
export const DEFAULT_MAX_BYTES = 2 ** 32;

export interface ReadOptions {
  /** Names the file in errors. */
  file?: string;
  /** Larger files are refused before they are read; default 4 GiB. */
  maxBytes?: number;
  signal?: AbortSignal;
}

/**
 * Reads a safetensors file that is in memory. Every statement of the header is checked before any data is touched; the
 * tensors are views on `bytes`.
 * @throws FormatError naming the file, the tensor and the byte range
 */
export function parseSafetensors(bytes: Uint8Array | ArrayBuffer, options: ReadOptions = {}): Checkpoint {
  const { file = 'safetensors data', maxBytes = DEFAULT_MAX_BYTES } = options;
  // A plain view: Node's Buffer is a Uint8Array whose `slice` does not copy.
  const all =
    bytes instanceof Uint8Array ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length) : new Uint8Array(bytes);
  checkSize(all.length, maxBytes, file);
  const length = headerLength(all.subarray(0, 64), all.length, file);
  const header = parseHeader(all.subarray(8, 8 + length), all.length, file);
  return checkpoint(header, all.subarray(header.dataStart), file);
}

/**
 * Reads a safetensors file from memory, a `Blob` or an open Node file handle: the header first, the data only after every
 * check of the header.
 * @throws FormatError naming the file, the tensor and the byte range
 */
export async function readSafetensors(source: ByteSource, options: ReadOptions = {}): Promise<Checkpoint> {
  if (source instanceof Uint8Array || source instanceof ArrayBuffer) return parseSafetensors(source, options);
  const { file = 'safetensors data', maxBytes = DEFAULT_MAX_BYTES, signal } = options;
  throwIfAborted(signal, `Reading ${file}`);
  const { size, read } = await randomAccess(source);
  checkSize(size, maxBytes, file);
  const length = headerLength(await read(0, Math.min(size, 64)), size, file);
  const header = parseHeader(complete(await read(8, 8 + length), length, file), size, file);
  throwIfAborted(signal, `Reading ${file}`);
  const data = complete(await read(header.dataStart, size), size - header.dataStart, file);
  throwIfAborted(signal, `Reading ${file}`);
  return checkpoint(header, data, file);
}

function checkpoint(header: SafetensorsHeader, data: Uint8Array, file: string): Checkpoint {
  const result = new Checkpoint([], header.metadata);
  for (const { name, dtype, shape, start, end } of header.entries) {
    const bytes = data.subarray(start - header.dataStart, end - header.dataStart);
    result.set(name, new CheckpointTensor(name, dtype, shape, bytes, file));
  }
  return result;
}

function checkSize(size: number, maxBytes: number, file: string): void {
  if (size <= maxBytes) return;
  throw new FormatError(`${file} has ${size} bytes, more than maxBytes allows.`, {
    file,
    expected: `at most ${maxBytes} bytes`,
    got: size,
    remedy: 'Raise maxBytes if the file is meant to be that large.',
  });
}

function complete(bytes: Uint8Array, length: number, file: string): Uint8Array {
  if (bytes.length === length) return bytes;
  throw new FormatError(`${file} became shorter while it was read.`, { file, expected: length, got: bytes.length });
}
