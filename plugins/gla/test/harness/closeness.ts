/** The manifest's rule: |a - b| ≤ atol + rtol · |b|, b being the fixture; `exact` for integers. */
export type Tolerance = { readonly atol: number; readonly rtol: number } | 'exact';

/** What is wrong with a result, as one sentence; null when it is within the tolerance. */
export function misfit(
  name: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: Tolerance = 'exact',
): string | null {
  if (actual.length !== expected.length) return `${name}: ${actual.length} elements instead of ${expected.length}`;
  const { atol, rtol } = tolerance === 'exact' ? { atol: 0, rtol: 0 } : tolerance;
  let worst = 1;
  let text: string | null = null;
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [actual[i]!, expected[i]!];
    const ratio = a === b ? 0 : Math.abs(a - b) / (atol + rtol * Math.abs(b));
    if (ratio <= worst) continue;
    worst = ratio;
    text = `${name} at ${i}: ${a} instead of ${b}, ${ratio.toFixed(2)} × what is allowed`;
  }
  return text;
}
