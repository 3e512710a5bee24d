import { createZoo, NoKernelError } from '@paperzoo/core';
import { wasm } from '@paperzoo/device-wasm';
import { describe, expect, test } from '@jest/globals';
import { noise } from '../src/cases/noise';
import { multiplyAdd, peakPlugin, streamCopy } from '../src/machine/peak-op';
import { openPeakProbe } from '../src/machine/peaks';

describe.each([1, 2])('the machine’s limits on %d thread(s)', (threads) => {
  const open = () => createZoo({ device: wasm({ threads, debug: true }), plugins: [peakPlugin] });

  test('the arithmetic is done: every row is the sum of all products', async () => {
    await using zoo = await open();
    const sums = multiplyAdd(zoo.full([64], 0.5), { rows: 3, rounds: 1001 });
    // Eight products of a quarter per round and lane.
    expect(Array.from(await sums.data())).toEqual(new Array(12).fill(2002));
    expect(() => multiplyAdd(zoo.zeros([8]), { rows: 1, rounds: 1 })).toThrow(NoKernelError);
  });

  test('the copy is one', async () => {
    await using zoo = await open();
    const values = noise(1 << 17, 1);
    expect(Array.from(await streamCopy(zoo.tensor(values)).data())).toEqual(Array.from(values));
  });

  test('rates follow from the time, and the best is kept', async () => {
    const probe = await openPeakProbe(threads);
    const { gflops, copyGBs } = probe.peak();
    expect(gflops).toBeGreaterThan(0);
    expect(copyGBs).toBeGreaterThan(0);
    expect(probe.copying.rate(1)).toBeCloseTo((2 * 24 * 2 ** 20) / 1e6, 5);
    expect(probe.arithmetic.rate(1e9)).toBeLessThan(gflops);
    expect(probe.peak().gflops).toBe(gflops);
    await probe.dispose();
  });
});
