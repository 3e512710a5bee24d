import { expect, test } from '@jest/globals';
import type { Entry, TimedRow } from '../src/results';
import { mergeHeats } from '../src/suite/merge';

const stats = (min: number) => ({ min, median: 2 * min, p10: min, p90: 3 * min, samples: 5, calls: 1, cpu: min });
const entry = (id: string, min: number | undefined, ratio?: number): Entry => ({
  ...{ id, label: id, threads: 1 },
  ...(min === undefined ? { unavailable: 'it fell over' } : { stats: stats(min), rate: 1 / min, share: 0.1 / min }),
  ...(ratio === undefined ? {} : { ratio, medianRatio: ratio }),
});
const row = (...entries: Entry[]): TimedRow => ({
  ...{ kind: 'timed', id: 'x', group: 'gemm', title: 'X', threads: 1, entries },
});

test('of each library the better heat counts, and ratios compare the better ones', () => {
  const merged = mergeHeats([
    row(entry('paperzoo', 10, 1), entry('peer', 50, 5)),
    row(entry('paperzoo', 12, 1), entry('peer', 20, 20 / 12)),
  ]);
  const [ours, peer] = merged.entries;
  expect(ours).toEqual(entry('paperzoo', 10, 1));
  expect(peer).toEqual({ ...entry('peer', 20), ratio: 2, medianRatio: 2 });
});

test('who is absent from one heat is absent, with the reason', () => {
  const merged = mergeHeats([
    row(entry('paperzoo', 10), entry('peer', 50)),
    row(entry('paperzoo', 9), entry('peer', undefined)),
  ]);
  expect(merged.entries[1]).toEqual(entry('peer', undefined));
  expect(merged.entries[0]).toMatchObject({ ratio: 1, stats: { min: 9 } });
});

test('without ours there are no ratios to correct', () => {
  const heat = row(entry('paperzoo', undefined), entry('peer', 50));
  expect(mergeHeats([heat, heat])).toEqual(heat);
});
