import { isNode, nodeModule } from './node';

/** First 32 bits of the fractional parts of the cube roots (and square roots) of the first primes, as the standard defines. */
function fractions(count: number, root: number): Uint32Array {
  const out = new Uint32Array(count);
  for (let n = 2, found = 0; found < count; n++) {
    let prime = true;
    for (let d = 2; d * d <= n && prime; d++) prime = n % d !== 0;
    if (prime) out[found++] = Math.floor((n ** (1 / root) % 1) * 2 ** 32);
  }
  return out;
}

let K: Uint32Array | undefined;

/**
 * SHA-256 fed piece by piece. Node's own is faster; this one serves pages without `crypto.subtle`, which exists only in
 * secure contexts and takes no pieces.
 */
export class Sha256 {
  readonly #k = (K ??= fractions(64, 3));
  readonly #state = fractions(8, 2);
  readonly #schedule = new Int32Array(64);
  readonly #block = new Uint8Array(64);
  #filled = 0;
  #total = 0;

  update(bytes: Uint8Array): this {
    this.#total += bytes.length;
    let at = 0;
    if (this.#filled) {
      at = Math.min(64 - this.#filled, bytes.length);
      this.#block.set(bytes.subarray(0, at), this.#filled);
      this.#filled += at;
      if (this.#filled < 64) return this;
      this.#compress(this.#block, 0);
    }
    for (; at + 64 <= bytes.length; at += 64) this.#compress(bytes, at);
    this.#block.set(bytes.subarray(at));
    this.#filled = bytes.length - at;
    return this;
  }

  /** Lower-case hex; ends the computation. */
  hex(): string {
    const bits = this.#total * 8;
    const tail = new Uint8Array(((this.#filled + 8) >> 6) * 64 + 64 - this.#filled);
    tail[0] = 0x80;
    const view = new DataView(tail.buffer);
    view.setUint32(tail.length - 8, Math.floor(bits / 2 ** 32));
    view.setUint32(tail.length - 4, bits % 2 ** 32);
    this.update(tail);
    return Array.from(this.#state, (word) => word.toString(16).padStart(8, '0')).join('');
  }

  #compress(bytes: Uint8Array, at: number): void {
    const w = this.#schedule;
    const k = this.#k;
    const state = this.#state;
    for (let i = 0; i < 16; i++, at += 4) {
      w[i] = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
    }
    for (let i = 16; i < 64; i++) {
      const x = w[i - 15]!;
      const y = w[i - 2]!;
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      w[i] = w[i - 16]! + s0 + w[i - 7]! + s1;
    }
    let [a, b, c, d, e, f, g, h] = Array.from(state, (x) => x | 0) as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    for (let i = 0; i < 64; i++) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + k[i]! + w[i]!) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + t2) | 0;
    }
    const words = [a, b, c, d, e, f, g, h];
    for (let i = 0; i < 8; i++) state[i]! += words[i]!;
  }
}

export interface Hasher {
  update(bytes: Uint8Array): void;
  /** @param all every byte that was fed, in one piece */
  hex(all: Uint8Array): Promise<string>;
}

/** The fastest SHA-256 here: Node's while data streams in, else the browser's over the whole, else our own. */
export function createHasher(): Hasher {
  if (isNode()) {
    const hash = nodeModule('node:crypto', 'Hashing').createHash('sha256');
    return { update: (bytes) => void hash.update(bytes), hex: async () => hash.digest('hex') };
  }
  if (globalThis.crypto?.subtle) {
    return {
      update: () => undefined,
      async hex(all) {
        const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', all as Uint8Array<ArrayBuffer>));
        return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
      },
    };
  }
  const own = new Sha256();
  return { update: (bytes) => void own.update(bytes), hex: async () => own.hex() };
}

/** SHA-256 of bytes as lower-case hex. */
export async function sha256Hex(bytes: Uint8Array): Promise<string> {
  const hasher = createHasher();
  hasher.update(bytes);
  return hasher.hex(bytes);
}
