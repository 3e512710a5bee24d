/**
 * A reproducible stream of numbers: equal seeds and labels give equal streams on every machine. Generator: sfc32 (Doty-Humphrey,
 * PractRand), started from a hash of seed and label, so that each parameter has a stream of its own whatever the order of drawing.
 */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private count = 1;

  constructor(seed: number, label = '') {
    let hash = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.floor(seed / 2 ** 32);
    for (let i = 0; i < label.length; i++) hash = Math.imul(hash ^ label.charCodeAt(i), 0x01000193);
    const next = () => {
      hash = (hash + 0x6d2b79f5) | 0;
      const mixed = Math.imul(hash ^ (hash >>> 15), hash | 1);
      return mixed ^ (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61));
    };
    [this.a, this.b, this.c] = [next(), next(), next()];
    // The first outputs still show the seed's structure.
    for (let i = 0; i < 12; i++) this.bits();
  }

  /** 32 random bits, as an integer from 0 to 2³² - 1. */
  bits(): number {
    const sum = (this.a + this.b + this.count) | 0;
    this.count = (this.count + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** Uniform on [low, high). */
  uniform(low = 0, high = 1): number {
    return low + (this.bits() / 2 ** 32) * (high - low);
  }

  /** Normal with mean 0 and standard deviation 1 (Box and Muller; the second value of each pair is dropped). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log((this.bits() + 1) / 2 ** 32));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }
}
