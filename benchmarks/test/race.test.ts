import { expect, test } from '@jest/globals';
import type { TimedCase } from '../src/cases/case';
import type { Absent, Contestant } from '../src/peers/contestant';
import { race, relativeDifference } from '../src/suite/race';

const disposed: string[] = [];
const contestant = (id: string, answer: number[] | Error): Contestant => ({
  ...{ id, label: id, threads: 1, run: () => undefined },
  output: () => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(Float32Array.from(answer))),
  dispose: () => void disposed.push(id),
});
const theCase = (...all: (Contestant | Absent)[]): TimedCase => ({
  ...{
    kind: 'timed',
    id: 'x',
    group: 'gemm',
    title: 'X',
    threads: 1,
    quick: true,
    work: { unit: 'flop', amount: 1e6 },
  },
  prepare: () => Promise.resolve(all),
});
const options = { warmupMs: 0, minSampleMs: 0, budgetMs: 0, minRounds: 2, maxRounds: 2, settleMs: 0 };
const limit = (rate: number) => ({
  ...{ runnable: { id: 'limit', run: () => undefined }, rate: () => rate, best: () => rate },
});
const probe = {
  ...{ arithmetic: limit(100), copying: limit(10) },
  peak: () => ({ threads: 1, gflops: 100, copyGBs: 10 }),
  dispose: () => Promise.resolve(),
};

test('who disagrees, fails or is absent is shown with a reason and not timed; all are disposed', async () => {
  const absent = { id: 'none', label: 'none', threads: 1, unavailable: 'runs no such thing' };
  const row = await race(
    theCase(
      contestant('paperzoo', [1, -2]),
      contestant('same', [1.0001, -2]),
      contestant('other', [1, 2]),
      contestant('broken', new Error('out of memory\nat somewhere')),
      absent,
    ),
    options,
    probe,
  );
  const [ours, same, other, broken, none] = row.entries;
  expect(ours).toMatchObject({ id: 'paperzoo', ratio: 1, stats: { samples: 2 } });
  expect(same!.difference).toBeCloseTo(5e-5, 6);
  expect(same!.stats).toBeDefined();
  expect(other).toMatchObject({ unavailable: 'its answer differs from ours by 2.0e+0 of the largest value' });
  expect(broken).toMatchObject({ unavailable: 'failed: out of memory' });
  expect(none).toEqual(absent);
  expect([other, broken, none].every((e) => e!.stats === undefined && e!.ratio === undefined)).toBe(true);
  expect(disposed.sort()).toEqual(['broken', 'other', 'paperzoo', 'same']);
});

test('without ours there are times but no ratios', async () => {
  const row = await race(theCase(contestant('paperzoo', new Error('no')), contestant('b', [1])), options, probe);
  expect(row.entries[0]!.unavailable).toBe('failed: no');
  expect(row.entries[1]!.stats).toBeDefined();
  expect(row.entries[1]!.ratio).toBeUndefined();
});

test('differences are relative to the largest value, and infinite for what is no answer', () => {
  const f = (...values: number[]) => Float32Array.from(values);
  expect(relativeDifference(f(1, 2), f(1, 4))).toBe(0.5);
  expect(relativeDifference(f(0, 0), f(0, 0))).toBe(0);
  expect(relativeDifference(f(1), f(1, 1))).toBe(Infinity);
  expect(relativeDifference(f(NaN), f(1))).toBe(Infinity);
});
