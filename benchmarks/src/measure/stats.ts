/** What a contestant's samples say; times are milliseconds per call. */
export interface Stats {
  readonly min: number;
  readonly median: number;
  /** Nearest-rank 10th and 90th percentiles: how unquiet the machine was. */
  readonly p10: number;
  readonly p90: number;
  readonly samples: number;
  /** Calls per sample. */
  readonly calls: number;
  /** Median processor time per call, all threads of the process together; absent in browsers. */
  readonly cpu?: number;
}

/** Middle value, or the mean of the two middle ones. NaN for no values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return NaN;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Nearest-rank percentile, 0 < p ≤ 100. NaN for no values. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  if (sorted.length === 0) return NaN;
  return sorted[Math.min(sorted.length, Math.max(1, Math.ceil((p / 100) * sorted.length))) - 1]!;
}

/** Summary of wall and processor times per call. Throws `RangeError` without samples. */
export function summarize(wall: readonly number[], cpu: readonly number[] | undefined, calls: number): Stats {
  if (wall.length === 0) throw new RangeError('summarize: there are no samples.');
  return {
    min: Math.min(...wall),
    median: median(wall),
    p10: percentile(wall, 10),
    p90: percentile(wall, 90),
    samples: wall.length,
    calls,
    ...(cpu && { cpu: median(cpu) }),
  };
}
