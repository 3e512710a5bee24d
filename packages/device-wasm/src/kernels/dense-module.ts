import { decodeBase64 } from '../module/base64';

/** The module of matrix products and convolutions; decoded when a device first loads a kernel that needs it. */
export async function denseModule(): Promise<Uint8Array> {
  const { plain } = await import('./dense-bytes');
  return decodeBase64(plain);
}
