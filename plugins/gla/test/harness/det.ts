const { imul } = Math;
const encoder = new TextEncoder();

/** The zip polynomial's CRC-32 of a UTF-8 string, unsigned. */
function crc32(text: string): number {
  let crc = 0xffffffff;
  for (const byte of encoder.encode(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

/** Name, shape, scale, offset: how the manifest writes a generated tensor. */
export type DetRecipe = readonly [name: string, shape: readonly number[], scale: number, offset: number];

/** The fixtures' deterministic values, row-major: offset + scale · (2u - 1) with u hashed from the name and the position. */
export function det([name, shape, scale, offset]: DetRecipe): Float32Array {
  const seed = crc32(name);
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
  for (let i = 0; i < values.length; i++) {
    let x = (imul(i, 0x9e3779b1) + seed) | 0;
    x = imul(x ^ (x >>> 16), 0x85ebca6b);
    x = imul(x ^ (x >>> 13), 0xc2b2ae35);
    x ^= x >>> 16;
    values[i] = offset + scale * ((2 * (x >>> 8)) / 2 ** 24 - 1);
  }
  return values;
}
