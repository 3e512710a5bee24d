/** `size` numbers in [-scale, scale), the same for the same seed on every machine (a 32-bit integer hash of the index). */
export function noise(size: number, seed: number, scale = 1): Float32Array {
  return Float32Array.from({ length: size }, (_, i) => {
    let x = (Math.imul(i, 0x9e3779b1) + Math.imul(seed, 0x85ebca6b)) >>> 0;
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b) >>> 0;
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35) >>> 0;
    return (((x ^ (x >>> 16)) >>> 8) / 2 ** 23 - 1) * scale;
  });
}
