/** No server's word is worth a larger allocation than this before the bytes arrive. */
const TRUSTED = 2 ** 26;

/** Collects a body of unknown or merely claimed length in one buffer. */
export class BodyBuffer {
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;

  /** @param claimed the server's content-length */
  constructor(private readonly claimed: number | undefined) {
    this.#bytes = new Uint8Array(Math.min(claimed ?? 2 ** 16, TRUSTED));
  }

  get length(): number {
    return this.#length;
  }

  push(chunk: Uint8Array): void {
    const needed = this.#length + chunk.length;
    if (needed > this.#bytes.length) {
      const doubled = Math.max(needed, this.#bytes.length * 2);
      const grown = new Uint8Array(
        this.claimed !== undefined && this.claimed >= needed ? Math.min(doubled, this.claimed) : doubled,
      );
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    this.#bytes.set(chunk, this.#length);
    this.#length = needed;
  }

  /** The bytes so far; copied only when the buffer is larger, so that no spare room stays alive. */
  bytes(): Uint8Array {
    return this.#length === this.#bytes.length ? this.#bytes : this.#bytes.slice(0, this.#length);
  }
}
