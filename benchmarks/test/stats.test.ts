import { describe, expect, test } from '@jest/globals';
import { median, percentile, summarize } from '../src/measure/stats';

describe('statistics', () => {
  test('median of odd and even counts, unsorted', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([])).toBeNaN();
  });

  test('nearest-rank percentiles are samples', () => {
    const values = [50, 15, 40, 20, 35];
    expect([5, 30, 40, 50, 100].map((p) => percentile(values, p))).toEqual([15, 20, 20, 35, 50]);
    expect(percentile([], 50)).toBeNaN();
  });

  test('a summary tells everything, and refuses to summarize nothing', () => {
    expect(summarize([2, 1, 4], [5, 5, 6], 7)).toEqual({
      ...{ min: 1, median: 2, p10: 1, p90: 4, samples: 3, calls: 7, cpu: 5 },
    });
    expect(() => summarize([], [], 1)).toThrow(RangeError);
  });

  test('input order is left alone', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });
});
