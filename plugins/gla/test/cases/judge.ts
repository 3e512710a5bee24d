/** Collects what is wrong with a case. */
export class Judge {
  readonly wrong: string[] = [];

  /** Numbers are within an absolute distance of those that are wanted. */
  close(what: string, got: ArrayLike<number>, wanted: ArrayLike<number>, limit: number): void {
    let most = 0;
    for (let i = 0; i < wanted.length; i++) {
      const off = Math.abs(got[i]! - wanted[i]!);
      if (!(off <= most)) most = off;
    }
    this.holds(most <= limit, `${what} is off by ${most}, and ${limit} is allowed`);
  }

  equal(what: string, got: unknown, wanted: unknown): void {
    const [a, b] = [JSON.stringify(got), JSON.stringify(wanted)];
    this.holds(a === b, `${what} is ${a} instead of ${b}`);
  }

  holds(fact: boolean, otherwise: string): void {
    if (!fact) this.wrong.push(otherwise);
  }
}
