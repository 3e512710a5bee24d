// Both variants in one file: compressed together the second costs 1 kB, alone 10.
export { wasm as plain } from '../generated/dense.wasm';
export { wasm as relaxed } from '../generated/dense-relaxed.wasm';
