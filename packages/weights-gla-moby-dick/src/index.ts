/** Address of the weights, a safetensors file: on disk in Node; in a page, what its bundler or server makes of the file beside this module. */
export const weights: string = new URL('../model.safetensors', import.meta.url).href;
