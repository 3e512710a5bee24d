import { IntegrityError } from '@paperzoo/core';
import { jsonReader } from '../json/reader';
import { decodeUtf8 } from '../json/utf8';
import { parseSafetensors } from '../safetensors/read';
import { createHasher, type Hasher } from './sha256';

export interface Expectation {
  readonly sha256?: string;
  readonly size?: number;
}

/** Compares size and SHA-256 with what was promised. `hasher` has been fed all of `bytes` if given. */
export async function verifyBytes(
  bytes: Uint8Array,
  expected: Expectation,
  file: string,
  hasher?: Hasher,
): Promise<void> {
  verifySize(bytes.length, expected.size, file);
  if (expected.sha256 === undefined) return;
  const fed = hasher ?? createHasher();
  if (!hasher) fed.update(bytes);
  const got = await fed.hex(bytes);
  if (got === expected.sha256) return;
  throw new IntegrityError(`${file} has SHA-256 ${got}, expected ${expected.sha256}.`, {
    file,
    expected: expected.sha256,
    got,
    remedy: 'The file was changed or damaged; it was not kept.',
  });
}

export function verifySize(got: number, expected: number | undefined, file: string): void {
  if (expected === undefined || got === expected) return;
  throw new IntegrityError(`${file} has ${got} bytes, expected ${expected}.`, { file, expected, got });
}

/**
 * Reads a file's structure by its kind, so that nothing unreadable enters a cache.
 * @param name whose ending tells the kind
 * @param file full address, for messages
 */
export function verifyFormat(bytes: Uint8Array, name: string, file: string, maxBytes: number): void {
  if (/\.safetensors$/i.test(name)) {
    parseSafetensors(bytes, { file, maxBytes });
  } else if (/\.json$/i.test(name)) {
    const json = jsonReader(decodeUtf8(bytes, file), file);
    json.value(64);
    json.end();
  }
}
