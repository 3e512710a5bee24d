import type { DType, Tolerance } from '@paperzoo/core';
import type { Mismatch } from './check';

/** Used where an op states none. */
export const DEFAULT_TOLERANCE: Tolerance = { rel: 1e-6, abs: 1e-6 };

/** How far a result is from the truth. */
export interface Difference {
  /** Root mean square of the differences over that of the truth. */
  readonly rel: number;
  /** Largest difference, over the largest magnitude of the truth where that is above 1. */
  readonly abs: number;
  /** What is wrong beyond rounding, such as a NaN; one sentence. */
  readonly fault: string | undefined;
  /** The element that is farthest off; undefined when all are equal. */
  readonly worst: (Mismatch & { readonly at: number }) | undefined;
}

// A root mean square over a handful of elements is no statistic: one cancellation decides it. They are judged by `abs` alone.
const STATISTIC = 8;
/** The smallest normal float32. Graphics adapters may take what is smaller for 0, so a difference of less is none. */
const TINY = 2 ** -126;
const MAX_F32 = 3.4028234663852886e38;

/** Compares with the truth in double precision. Integers and masks must be equal; NaN and infinities must stand where they should. */
export function difference(got: ArrayLike<number>, truth: ArrayLike<number>, dtype: DType): Difference {
  if (got.length !== truth.length) {
    const fault = `has ${got.length} elements instead of ${truth.length}`;
    return { rel: NaN, abs: NaN, fault, worst: { at: 0, expected: truth.length, got: got.length } };
  }
  let squares = 0;
  let scale = 0;
  let worst = 0;
  let at = -1;
  let largest = 0;
  let finite = 0;
  for (let i = 0; i < truth.length; i++) {
    const y = got[i]!;
    let t = truth[i]!;
    // What float32 cannot hold is infinite there, not wrong.
    if (dtype === 'f32' && (t > MAX_F32 || t < -MAX_F32)) t = t > 0 ? Infinity : -Infinity;
    const off = y > t ? y - t : t - y;
    if (off > 0 && off < Infinity && dtype === 'f32') {
      if (off >= TINY) squares += off * off;
      if (off > worst) {
        worst = off;
        at = i;
      }
    } else if (y !== t && !(y !== y && t !== t)) {
      const fault = `is ${y} instead of ${t} at position ${i}`;
      return { rel: NaN, abs: NaN, fault, worst: { at: i, expected: t, got: y } };
    }
    if (t - t !== 0) continue;
    scale += t * t;
    if (t > largest) largest = t;
    else if (-t > largest) largest = -t;
    finite++;
  }
  const rel = squares === 0 || finite < STATISTIC ? 0 : Math.sqrt(squares / Math.max(scale, Number.MIN_VALUE));
  return {
    rel,
    abs: worst / Math.max(1, largest),
    fault: undefined,
    worst: at < 0 ? undefined : { at, expected: truth[at]!, got: got[at]! },
  };
}

/** Undefined when the difference is tolerable, otherwise the sentence to fail with. */
export function objection({ rel, abs, fault, worst }: Difference, tolerance: Tolerance): string | undefined {
  if (fault !== undefined) return fault;
  if (rel <= tolerance.rel && abs <= tolerance.abs) return undefined;
  const shown = `rms ${rel.toExponential(2)} (at most ${tolerance.rel}), max ${abs.toExponential(2)} (at most ${tolerance.abs})`;
  const where = worst
    ? `, farthest at position ${worst.at}: ${String(worst.got)} instead of ${String(worst.expected)}`
    : '';
  return `is too far from the float64 result: ${shown}${where}`;
}

/** As `objection` for one element: NaN and infinities as in the truth, else within `abs` of it, relative where it is above 1. */
export function extremeObjection(got: number, truth: number, dtype: DType, abs: number): string | undefined {
  const t = dtype === 'f32' ? Math.fround(truth) : truth;
  if (got === t || Object.is(got, t)) return undefined;
  const near = Math.abs(got - t) <= abs * Math.max(1, Math.abs(t));
  return near && Number.isFinite(t) ? undefined : `is ${got} instead of ${t}`;
}
