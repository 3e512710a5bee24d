import { DeviceError, type TypedArray } from '@paperzoo/core';

/** SHA-256 of the elements' bytes, in hexadecimal. Throws `DeviceError` in pages without a secure context, which have no hashes. */
export async function contentHash(data: TypedArray): Promise<string> {
  const subtle = (globalThis.crypto as Crypto | undefined)?.subtle;
  if (!subtle) throw new DeviceError('Hashes need a secure context (https or localhost).', { argument: 'crypto' });
  const bytes = new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
  return Array.from(new Uint8Array(await subtle.digest('SHA-256', bytes)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
