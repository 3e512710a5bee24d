/** One comparison of a computed tensor with its fixture. */
export interface Check {
  readonly output: string;
  /** Largest |a - b| / (atol + rtol · |b|) over all elements; at most 1 passes. Infinity for a wrong shape or NaN. */
  readonly ratio: number;
  readonly detail: string;
}

/** The manifest's rule: |a - b| ≤ atol + rtol · |b|, b being the fixture. */
export interface Tolerance {
  readonly atol?: number;
  readonly rtol?: number;
}

/** Compares element by element; both sides must have the same count. */
export function compare(
  output: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { atol = 0, rtol = 0 }: Tolerance,
): Check {
  if (actual.length !== expected.length) {
    return { output, ratio: Infinity, detail: `${actual.length} elements instead of ${expected.length}` };
  }
  let ratio = 0;
  let detail = 'equal';
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [actual[i]!, expected[i]!];
    const error = Math.abs(a - b);
    if (error === 0) continue;
    const allowed = atol + rtol * Math.abs(b);
    const r = Number.isFinite(error) ? error / allowed : Infinity;
    if (r > ratio) {
      ratio = r;
      detail = `at ${i}: ${a} instead of ${b}, off by ${error.toExponential(2)}, allowed ${allowed.toExponential(2)}`;
      if (r === Infinity) break;
    }
  }
  return { output, ratio, detail };
}

/** A statement that is true or not, in the form of a comparison. */
export function truth(output: string, holds: boolean, detail: string): Check {
  return { output, ratio: holds ? 0 : Infinity, detail };
}

/** What is wrong with a list of checks; null when all pass. */
export function failures(checks: readonly Check[]): string | null {
  const bad = checks.filter((check) => !(check.ratio <= 1));
  return bad.length === 0
    ? null
    : bad.map((check) => `${check.output}: ${check.ratio.toFixed(2)} × tolerance, ${check.detail}`).join('\n');
}
