import { FormatError } from '@paperzoo/core';
import { JsonReader, quote } from '../json/reader';
import { decodeUtf8, utf8Offset } from '../json/utf8';
import { isSafetensorsDType, SAFETENSORS_DTYPES, tensorBytes, type SafetensorsDType } from './dtypes';
import { describeForeign } from './foreign';

/** The reference implementation's limit. */
export const MAX_HEADER_BYTES = 100_000_000;
/** The reference has no limit on these two; with them the memory for a hostile header stays bounded. */
const MAX_TENSORS = 1_000_000;
const MAX_RANK = 32;

export interface TensorEntry {
  readonly name: string;
  readonly dtype: SafetensorsDType;
  readonly shape: readonly number[];
  /** Byte range inside the file, end exclusive. */
  readonly start: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  /** In the order of the data. */
  readonly entries: readonly TensorEntry[];
  readonly metadata: ReadonlyMap<string, string>;
  /** Where the data begins. */
  readonly dataStart: number;
}

/**
 * Checks the eight bytes that state the header's length.
 * @param prefix the first bytes of the file, eight of them at least unless the file is shorter
 * @param size bytes of the whole file
 */
export function headerLength(prefix: Uint8Array, size: number, file: string): number {
  const foreign = describeForeign(prefix);
  const bad = (problem: string, got: unknown): never => {
    throw new FormatError(
      `${file} is not a safetensors file: ${problem}${foreign ? `; it looks like ${foreign}` : ''}.`,
      {
        file,
        where: 'bytes 0-8',
        expected: 'header length',
        got,
      },
    );
  };
  if (size < 8 || prefix.length < 8) bad(`it has ${size} bytes, and 8 are needed for the header's length`, size);
  const view = new DataView(prefix.buffer, prefix.byteOffset, prefix.byteLength);
  const length = view.getUint32(4, true) * 2 ** 32 + view.getUint32(0, true);
  if (length > MAX_HEADER_BYTES) bad(`it claims a header of ${length} bytes, the limit is ${MAX_HEADER_BYTES}`, length);
  if (length > size - 8) bad(`it claims a header of ${length} bytes, but the file has ${size} bytes in all`, length);
  if (length < 2) bad(`a header of ${length} bytes cannot hold a JSON object`, length);
  return length;
}

/**
 * Reads and checks everything that the header says before any data is touched.
 * @param bytes the header alone, without its length
 * @param size bytes of the whole file
 */
export function parseHeader(bytes: Uint8Array, size: number, file: string): SafetensorsHeader {
  const dataStart = 8 + bytes.length;
  const text = decodeUtf8(bytes, file, 8);
  const json = new JsonReader(text, (problem, index) => {
    const at = 8 + utf8Offset(text, index);
    return new FormatError(`${file}: ${problem} in the header at byte ${at}.`, { file, where: `byte ${at}` });
  });
  // The format wants the brace at once: white space is allowed behind the object only.
  if (text[0] !== '{') json.fail('expected "{"', 0);
  const metadata = new Map<string, string>();
  const entries: TensorEntry[] = [];
  json.object((name, index) => {
    if (name === '__metadata__') return readMetadata(json, metadata);
    if (entries.length >= MAX_TENSORS) json.fail(`more than ${MAX_TENSORS} tensors`, index);
    entries.push(readEntry(json, name, size, dataStart, file));
  });
  json.end();
  entries.sort((a, b) => a.start - b.start || a.end - b.end);
  checkCover(entries, size, dataStart, file);
  return { entries, metadata, dataStart };
}

function readMetadata(json: JsonReader, metadata: Map<string, string>): void {
  json.object((key, index) => {
    const at = json.position;
    try {
      metadata.set(key, json.string());
    } catch {
      json.fail(`metadata ${quote(key)} is not a proper string`, Math.max(at, index));
    }
  });
}

function readEntry(json: JsonReader, name: string, size: number, dataStart: number, file: string): TensorEntry {
  let dtype: string | undefined;
  let shape: number[] | undefined;
  let offsets: number[] | undefined;
  const label = `tensor ${quote(name)}`;
  const begin = json.position;
  const numbers = (limit: number, what: string): number[] => {
    const list: number[] = [];
    json.array(() => {
      if (list.length >= limit) json.fail(`${label}: ${what} has more than ${limit} numbers`);
      list.push(json.naturalNumber());
    });
    return list;
  };
  json.object((key, index) => {
    if (key === 'dtype') dtype = json.string();
    else if (key === 'shape') shape = numbers(MAX_RANK, 'shape');
    else if (key === 'data_offsets') offsets = numbers(2, 'data_offsets');
    else json.fail(`${label}: unknown field ${quote(key)}`, index);
  });
  if (dtype === undefined || !shape || offsets?.length !== 2) {
    return json.fail(`${label} needs dtype, shape and data_offsets with two numbers`, begin);
  }
  if (!isSafetensorsDType(dtype)) {
    throw new FormatError(`${file}: ${label} has the unknown dtype ${quote(dtype)}.`, {
      file,
      where: label,
      argument: name,
      expected: SAFETENSORS_DTYPES,
      got: dtype,
    });
  }
  const start = dataStart + offsets[0]!;
  const end = dataStart + offsets[1]!;
  const where = `${label}, bytes ${start}-${end}`;
  const bad = (problem: string, expected: unknown, got: unknown): never => {
    throw new FormatError(`${file}: ${where}: ${problem}.`, { file, where, argument: name, expected, got });
  };
  if (end < start) bad('the range ends before it begins', 'begin <= end', offsets);
  if (end > size) bad(`the range ends behind the file's ${size} bytes; the file may be truncated`, size, end);
  const bytes = tensorBytes(dtype, shape);
  if (typeof bytes === 'string') bad(`shape [${shape}] of ${dtype}: ${bytes}`, 'a byte count below 2^53', shape);
  if (bytes !== end - start)
    bad(`shape [${shape}] of ${dtype} needs ${bytes} bytes, the range has ${end - start}`, bytes, end - start);
  return { name, dtype, shape, start, end };
}

/** The tensors must tile the data section: a hole could hide data, an overlap could alias it. */
function checkCover(entries: readonly TensorEntry[], size: number, dataStart: number, file: string): void {
  let covered = dataStart;
  for (const { name, start, end } of entries) {
    if (start !== covered) {
      const problem = start < covered ? 'overlaps the tensor before it' : 'leaves a hole before it';
      const where = `tensor ${quote(name)}, bytes ${start}-${end}`;
      throw new FormatError(`${file}: ${where} ${problem}: the data up to byte ${covered} is taken.`, {
        file,
        where,
        argument: name,
        expected: covered,
        got: start,
      });
    }
    covered = end;
  }
  if (covered !== size) {
    throw new FormatError(`${file}: bytes ${covered}-${size} belong to no tensor.`, {
      file,
      where: `bytes ${covered}-${size}`,
      expected: covered,
      got: size,
    });
  }
}
