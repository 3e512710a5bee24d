const encoder = new TextEncoder();
// Inside jest, reaching for a global costs more than the multiplication; this loop runs millions of times.
const { imul } = Math;

/** The zip polynomial's CRC-32 of a UTF-8 string, unsigned. */
export function crc32(text: string): number {
  let crc = 0xffffffff;
  for (const byte of encoder.encode(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

/** Name, shape, scale, offset: how the manifest writes a generated tensor. */
export type DetRecipe = readonly [name: string, shape: readonly number[], scale: number, offset: number];

/** The fixtures' deterministic f32 values, row-major: offset + scale · (2u - 1) with u hashed from the name and the position. */
export function det([name, shape, scale, offset]: DetRecipe): Float32Array {
  const seed = crc32(name);
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
  for (let i = 0; i < values.length; i++) {
    let x = (imul(i, 0x9e3779b1) + seed) | 0;
    x ^= x >>> 16;
    x = imul(x, 0x85ebca6b);
    x ^= x >>> 13;
    x = imul(x, 0xc2b2ae35);
    x ^= x >>> 16;
    const u = (x >>> 8) / 2 ** 24;
    values[i] = offset + scale * (2 * u - 1);
  }
  return values;
}

/** The recipe of a test image: a coarse pattern of 16×16 blocks plus fine noise, so that the images of a batch differ. */
export interface ImageRecipe {
  readonly low: DetRecipe;
  readonly noise: DetRecipe;
}

/** x[b, c, i, j] = fround(low[b, c, i >> 4, j >> 4] + noise[b, c, i, j]). */
export function image({ low, noise }: ImageRecipe): Float32Array {
  const coarse = det(low);
  const values = det(noise);
  const [batch, channels, height, width] = noise[1] as readonly [number, number, number, number];
  const [rows, columns] = low[1].slice(2) as [number, number];
  let at = 0;
  for (let plane = 0; plane < batch * channels; plane++) {
    for (let i = 0; i < height; i++) {
      const row = (plane * rows + (i >> 4)) * columns;
      for (let j = 0; j < width; j++, at++) values[at] = coarse[row + (j >> 4)]! + values[at]!;
    }
  }
  return values;
}
