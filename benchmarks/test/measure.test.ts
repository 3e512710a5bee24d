import { AbortError } from '@paperzoo/core';
import { describe, expect, test } from '@jest/globals';
import { measure, type MeasureOptions } from '../src/measure/measure';

/** A clock that moves only when somebody works. */
function world() {
  let time = 0;
  const log: string[] = [];
  const worker = (id: string, cost: number | (() => number), later = false) => ({
    id,
    run() {
      log.push(id);
      time += typeof cost === 'number' ? cost : cost();
      return later ? Promise.resolve() : undefined;
    },
  });
  return { log, worker, now: () => time };
}

const options: MeasureOptions = { warmupMs: 0, minSampleMs: 10, budgetMs: 0, minRounds: 3, maxRounds: 3, settleMs: 0 };

describe('measure', () => {
  test('contestants take turns, and each round begins with the next one', async () => {
    const { log, worker, now } = world();
    await measure([worker('a', 20), worker('b', 30), worker('c', 40, true)], { ...options, now });
    expect(log.join('')).toBe('aabbcc' + 'abc' + 'bca' + 'cab');
  });

  test('short calls are repeated until a sample is long enough, and times are per call', async () => {
    const { log, worker, now } = world();
    const [fast, slow] = await measure([worker('f', 0.5), worker('s', 25)], { ...options, now });
    expect(fast).toMatchObject({ min: 0.5, median: 0.5, samples: 3, calls: 20 });
    expect(slow).toMatchObject({ min: 25, median: 25, samples: 3, calls: 1 });
    expect(log.filter((id) => id === 'f')).toHaveLength(2 + 20 + 3 * 20);
  });

  test('warm-up does not count', async () => {
    const { worker, now } = world();
    let call = 0;
    const [stats] = await measure([worker('jit', () => (call++ < 2 ? 1000 : 10))], { ...options, now });
    expect(stats).toMatchObject({ min: 10, p90: 10 });
  });

  test('warm-up lasts as long as it is told to', async () => {
    const { log, worker, now } = world();
    await measure([worker('a', 10)], { ...options, now, warmupMs: 75, minRounds: 1, maxRounds: 1 });
    expect(log).toHaveLength(8 + 1);
  });

  test('rounds go on while there is budget, within the limits', async () => {
    const { worker, now } = world();
    const rounds = async (more: Partial<MeasureOptions>) =>
      (await measure([worker('a', 10)], { ...options, now, ...more }))[0]!.samples;
    expect(await rounds({ budgetMs: 55, maxRounds: 100 })).toBe(6);
    expect(await rounds({ budgetMs: 1e9, maxRounds: 9 })).toBe(9);
    expect(await rounds({ budgetMs: 0, minRounds: 5, maxRounds: 9 })).toBe(5);
  });

  test('progress grows to 1', async () => {
    const { worker, now } = world();
    const seen: number[] = [];
    await measure([worker('a', 10)], { ...options, now, budgetMs: 30, onProgress: (f) => seen.push(f) });
    expect(seen.at(-1)).toBe(1);
    expect([...seen].sort((a, b) => a - b)).toEqual(seen);
  });

  test('an abort ends it between samples with a typed error', async () => {
    const { log, worker, now } = world();
    const controller = new AbortController();
    const running = measure([worker('a', () => (log.length === 5 ? (controller.abort(), 10) : 10)), worker('b', 10)], {
      ...options,
      now,
      signal: controller.signal,
      maxRounds: 1000,
      budgetMs: 1e9,
    });
    await expect(running).rejects.toBeInstanceOf(AbortError);
    expect(log).toHaveLength(5);
  });

  test('what a contestant throws comes through', async () => {
    const broken = { id: 'x', run: () => Promise.reject(new Error('no')) };
    await expect(measure([broken], options)).rejects.toThrow('no');
  });
});
