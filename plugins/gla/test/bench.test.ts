import { expect, test } from '@jest/globals';
import { createZoo } from '@paperzoo/core';
import { wasm } from '@paperzoo/device-wasm';
import benchmarks from '../src/bench';
import { crossoverLength } from '../src/bench/crossover';
import { logSlope } from '../src/bench/length';
import plugin from '../src/index';

const LENGTHS = [32, 64, 128, 256, 512, 1024, 2048, 4096];
const lanes = (gla: (T: number) => number, attention: (T: number) => number) =>
  Object.fromEntries(
    LENGTHS.flatMap((T) => [
      [`gla ${T}`, { cpu: gla(T) }],
      [`attention ${T}`, { cpu: attention(T) }],
    ]),
  );

test('the crossover is where the two lines meet, at the first length when gla leads throughout, and nowhere when it never does', () => {
  expect(crossoverLength(lanes((T) => 300 * T, (T) => T * T))).toBeCloseTo(300, 6); // prettier-ignore
  expect(crossoverLength(lanes((T) => T, (T) => T * T))).toBe(32); // prettier-ignore
  expect(crossoverLength(lanes((T) => 5000 * T, (T) => T * T))).toBe(Infinity); // prettier-ignore
});

test('the slope is the exponent of the time', () => {
  const time = (power: number) => logSlope([512, 1024, 8192].map((length) => ({ length, ms: 3 * length ** power })));
  expect([time(1), time(2)].map((x) => Number(x.toFixed(9)))).toEqual([1, 2]);
});

test('every benchmark is described, has a goal, and its goals read its own lanes', async () => {
  expect(new Set(benchmarks.map(({ id }) => id)).size).toBe(benchmarks.length);
  for (const benchmark of benchmarks) {
    expect(benchmark.definition.length).toBeGreaterThan(80);
    expect(benchmark.goals!.length).toBeGreaterThan(0);
    // Their lanes hold 64,000 tokens and more: they are for the suite.
    if (['decode', 'prefill'].includes(benchmark.id)) continue;
    const zoo = await createZoo({ device: wasm(), plugins: [plugin], log: () => undefined });
    const names = Object.keys(await benchmark.lanes(zoo));
    await zoo.dispose();
    const times = Object.fromEntries(names.map((name) => [name, { ms: 1, cpu: 1, share: 0.5 }]));
    for (const goal of benchmark.goals!) expect(goal.value(times)).toEqual(expect.any(Number));
  }
});
