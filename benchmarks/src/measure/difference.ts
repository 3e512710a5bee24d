/** Largest absolute difference over the largest absolute value of `b`; infinite when sizes differ or a value is not a number. */
export function relativeDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Infinity;
  let largest = 0;
  let worst = 0;
  for (let i = 0; i < b.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    if (Number.isNaN(difference)) return Infinity;
    if (difference > worst) worst = difference;
    largest = Math.max(largest, Math.abs(b[i]!));
  }
  return largest === 0 ? worst : worst / largest;
}
