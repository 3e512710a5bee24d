import { wasm } from '../generated/gla.wasm';

/** The bytes of this plugin's WebAssembly module. */
export const module = (): Uint8Array => Uint8Array.from(atob(wasm), (char) => char.charCodeAt(0));
