import { wasm as dense } from '../src/generated/dense.wasm';
import { decodeBase64 } from '../src/module/base64';

const GUARD = 0x7fc0a5a5;
const GUARD_WORDS = 16;

/** The dense module on a memory of its own, with blocks between guard words: for tests of raw exports. */
export class Arena {
  readonly f32: Float32Array;
  readonly i32: Int32Array;
  readonly exports: Record<string, (...args: number[]) => number>;
  #top = 1024;
  #seed = 1;
  readonly #ends: number[] = [];

  constructor(pages = 256) {
    const memory = new WebAssembly.Memory({ initial: pages, maximum: 65536 });
    this.f32 = new Float32Array(memory.buffer);
    this.i32 = new Int32Array(memory.buffer);
    const module = new WebAssembly.Module(decodeBase64(dense) as Uint8Array<ArrayBuffer>);
    this.exports = new WebAssembly.Instance(module, { env: { memory } }).exports as Arena['exports'];
  }

  /** A block of NaN with guards on both sides. */
  alloc(count: number): number {
    const ptr = (this.#top + GUARD_WORDS * 4 + 15) & ~15;
    this.i32.fill(GUARD, this.#top / 4, ptr / 4 + count + GUARD_WORDS);
    this.f32.fill(NaN, ptr / 4, ptr / 4 + count);
    this.#ends.push(ptr / 4 + count);
    this.#top = ptr + (count + GUARD_WORDS) * 4;
    return ptr;
  }

  /** Numbers in [-1, 1), the same in every run. */
  random(count: number): number {
    const ptr = this.alloc(count);
    for (let i = 0; i < count; i++) {
      this.#seed = (Math.imul(this.#seed, 1664525) + 1013904223) >>> 0;
      this.f32[ptr / 4 + i] = this.#seed / 2 ** 31 - 1;
    }
    return ptr;
  }

  ints(values: readonly number[]): number {
    const ptr = this.alloc(values.length);
    this.i32.set(values, ptr / 4);
    return ptr;
  }

  read(ptr: number, count: number): Float32Array {
    return this.f32.slice(ptr / 4, ptr / 4 + count);
  }

  /** Positions of the first damaged guard words after each block; empty when all is well. */
  damage(): number[] {
    return this.#ends.filter((end) => {
      for (let i = 0; i < GUARD_WORDS; i++) if (this.i32[end + i] !== GUARD) return true;
      return false;
    });
  }

  reset(): void {
    this.#top = 1024;
    this.#ends.length = 0;
  }
}

/** Largest |got − wanted| / (1 + |wanted|); NaN counts as infinite. */
export function worst(got: ArrayLike<number>, wanted: ArrayLike<number>): number {
  if (got.length !== wanted.length) return Infinity;
  let max = 0;
  for (let i = 0; i < wanted.length; i++) {
    const error = Math.abs(got[i]! - wanted[i]!) / (1 + Math.abs(wanted[i]!));
    if (!(error <= max)) max = Number.isNaN(error) ? (Object.is(got[i], wanted[i]) ? max : Infinity) : error;
  }
  return max;
}
