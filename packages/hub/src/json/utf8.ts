import { FormatError } from '@paperzoo/core';

/** Strict UTF-8; `first` is the byte's position inside `file`, for the message. */
export function decodeUtf8(bytes: Uint8Array, file: string, first = 0): string {
  // Browsers refuse to decode shared memory in place.
  const shared = typeof SharedArrayBuffer !== 'undefined' && bytes.buffer instanceof SharedArrayBuffer;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(shared ? new Uint8Array(bytes) : bytes);
  } catch (cause) {
    throw new FormatError(`${file}: bytes ${first}-${first + bytes.length} are not UTF-8 text.`, {
      file,
      where: `bytes ${first}-${first + bytes.length}`,
      expected: 'UTF-8',
      cause,
    });
  }
}

/** Number of bytes that `text` takes before `index`. */
export function utf8Offset(text: string, index: number): number {
  return new TextEncoder().encode(text.slice(0, index)).length;
}
