import { AttrError } from '@paperzoo/core';

const WORD = 2 ** 32;
const { imul } = Math;

/** The upper 32 bits of a 32 × 32 bit product, from four 16-bit products; every partial sum stays below 2³². */
function mulHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const cross = aHigh * bLow + ((aLow * bLow) >>> 16);
  const middle = (cross & 0xffff) + aLow * bHigh;
  return (aHigh * bHigh + (cross >>> 16) + (middle >>> 16)) >>> 0;
}

/**
 * Counter-based random numbers: Philox 4×32, 10 rounds (Salmon et al., SC 2011). Block `n` of a stream is a pure function of seed, stream and `n`,
 * on integers alone: any machine can draw any part in any order and gets the same bits, so nothing of it has to be stored to resume a run.
 */
export class Philox {
  private readonly key: readonly [number, number];

  /** seed and stream are integers from 0 to 2⁵³ - 1; a stream is for one purpose, such as the shuffling of an epoch. */
  constructor(
    seed: number,
    private readonly stream = 0,
  ) {
    for (const [argument, got] of [
      ['seed', seed],
      ['stream', stream],
    ] as const) {
      // prettier-ignore
      if (Number.isSafeInteger(got) && got >= 0) continue;
      const details = { argument, expected: 'an integer from 0 to 2^53 - 1', got };
      throw new AttrError(`Philox: ${argument} must be an integer from 0 to 2^53 - 1, got ${got}.`, details);
    }
    this.key = [seed >>> 0, Math.floor(seed / WORD)];
  }

  /** Four words of 32 bits, unsigned. */
  block(index: number): readonly [number, number, number, number] {
    return philox([index >>> 0, Math.floor(index / WORD), this.stream >>> 0, Math.floor(this.stream / WORD)], this.key);
  }

  /** Words `start` to `start + count`. */
  words(count: number, start = 0): Uint32Array {
    const out = new Uint32Array(count);
    for (let i = 0; i < count;) {
      const block = this.block(Math.floor((start + i) / 4));
      for (let lane = (start + i) % 4; lane < 4 && i < count; lane++) out[i++] = block[lane]!;
    }
    return out;
  }

  /** Uniform on [0, 1) with 24 bits each, exact in float32. */
  uniform(count: number, start = 0): Float32Array {
    return Float32Array.from(this.words(count, start), (word) => (word >>> 8) / 2 ** 24);
  }

  /** Normal, mean 0, standard deviation 1: Box and Muller on two words each. Equal up to the last bits of the machine's `log` and `cos`. */
  normal(count: number, start = 0): Float32Array {
    const words = this.words(2 * count, 2 * start);
    return Float32Array.from({ length: count }, (_, i) => {
      const radius = Math.sqrt(-2 * Math.log((words[2 * i]! + 1) / WORD));
      return radius * Math.cos((2 * Math.PI * words[2 * i + 1]!) / WORD);
    });
  }

  /** 0 … size - 1 in random order (Fisher and Yates). */
  permutation(size: number): Uint32Array {
    const order = Uint32Array.from({ length: size }, (_, i) => i);
    const words = this.words(size);
    for (let i = size - 1; i > 0; i--) {
      const j = Math.floor((words[i]! / WORD) * (i + 1));
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    return order;
  }
}

type Words = readonly [number, number, number, number];

function philox(counter: Words, key: readonly [number, number]): Words {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const high0 = mulHigh(0xd2511f53, c0);
    const high1 = mulHigh(0xcd9e8d57, c2);
    const low0 = imul(0xd2511f53, c0) >>> 0;
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = imul(0xcd9e8d57, c2) >>> 0;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  return [c0, c1, c2, c3];
}
