import { wasm } from '../generated/layer.wasm';

/** The bytes of the module of the layer's small ops. */
export const layerModule = (): Uint8Array => Uint8Array.from(atob(wasm), (char) => char.charCodeAt(0));
