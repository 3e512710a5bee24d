/** Reproducible random numbers (xorshift32 on a hashed seed): a failure must come back on every machine. */
export class Random {
  private state: number;

  constructor(seed: string) {
    // FNV-1a, so that every sample draws from a stream of its own.
    let hash = 0x811c9dc5;
    for (let i = 0; i < seed.length; i++) hash = Math.imul(hash ^ seed.charCodeAt(i), 0x01000193);
    this.state = hash || 1;
    for (let i = 0; i < 8; i++) this.next();
  }

  /** Uniform in [0, 1). */
  next(): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x;
    return (x >>> 0) / 2 ** 32;
  }

  /** Uniform in {0, …, below - 1}; 0 when there is nothing to choose from. */
  below(below: number): number {
    return Math.floor(this.next() * below);
  }

  /** Standard normal (Box-Muller). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }
}
