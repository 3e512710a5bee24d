// jest's realm has typed arrays of its own; native add-ons and workers hand out the process's. Use the latter everywhere.
const { TestEnvironment } = require('jest-environment-node');

const NAMES =
  `Float32Array Float64Array Int8Array Int16Array Int32Array Uint8Array Uint8ClampedArray Uint16Array Uint32Array
  BigInt64Array BigUint64Array ArrayBuffer SharedArrayBuffer DataView Atomics WebAssembly Float16Array`.split(/\s+/);

module.exports = class extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    for (const name of NAMES) if (globalThis[name]) this.global[name] = globalThis[name];
  }
};
