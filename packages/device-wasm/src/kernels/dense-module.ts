import { unpackModule } from '../module/bundle';

/** The module of matrix products and convolutions; unpacked when a device first loads a kernel that needs it. */
export async function denseModule(): Promise<Uint8Array> {
  return unpackModule(await import('../generated/dense.bundle'), 0);
}
