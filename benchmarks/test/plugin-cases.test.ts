import { add, definePlugin, type Benchmark, type Plugin } from '@paperzoo/core';
import { describe, expect, test } from '@jest/globals';
import { pluginCases } from '../src/cases/plugin';
import type { TimedCase } from '../src/cases/case';
import { goalsOf } from '../src/goals';
import { openPeakProbe } from '../src/machine/peaks';
import type { Row } from '../src/results';
import { race } from '../src/suite/race';

const options = { warmupMs: 0, minSampleMs: 0, budgetMs: 0, minRounds: 1, maxRounds: 1, settleMs: 0 };

const plugin = (...benchmarks: Benchmark[]): Plugin =>
  definePlugin({
    ...{ name: '@who/toy', api: 1, license: 'MIT', paper: { title: 'Toys' } },
    benchmarks: () => Promise.resolve({ default: benchmarks }),
  });

const sums: Benchmark = {
  ...{ id: 'sum', title: 'sums', definition: 'Adds ones.' },
  goals: [
    {
      text: 'twice over once',
      unit: '×',
      sense: 'most',
      must: 1e9,
      value: (lanes) => lanes['twice']!.ms / lanes['once']!.ms,
    },
    { text: 'share', unit: '', sense: 'least', value: (lanes) => lanes['once']!.share! },
  ],
  lanes(zoo) {
    const x = zoo.ones([16]);
    const wrong = zoo.zeros([16]);
    return Promise.resolve({
      once: { run: () => add(x, 1), flops: 16 },
      twice: { run: () => Promise.resolve(zoo.scope(() => add(add(x, 0), 1))) },
      wrong: { run: () => add(wrong, 1) },
    });
  },
};

const only = async (from: Plugin) => (await pluginCases(from)) as TimedCase[];

describe('benchmarks of a plugin', () => {
  test('become cases of the suite under its name', async () => {
    const [own] = await only(plugin(sums));
    expect(own).toMatchObject({
      ...{ kind: 'timed', id: 'toy-sum', group: 'toy', plugin: '@who/toy', definition: 'Adds ones.', quick: true },
    });
    expect(await pluginCases(definePlugin({ name: 'bare', api: 1, license: 'MIT', paper: { title: 'None' } }))).toEqual(
      [],
    );
  });

  test('race their lanes, leave out the one that computes something else, and reach their goals', async () => {
    const [own] = await only(plugin({ ...sums, goals: [] }));
    const probe = await openPeakProbe(1);
    const row = await race(own!, options, probe);
    await probe.dispose();
    expect(row.entries.map(({ id, stats }) => [id, stats !== undefined])).toEqual([
      ...[
        ['once', true],
        ['twice', true],
        ['wrong', false],
      ],
    ]);
    expect(row.entries[0]).toMatchObject({ ratio: 1, share: expect.any(Number) });
    expect(row.entries[2]!.unavailable).toContain('differs from ours');
  });

  test('lanes that do different things are not compared', async () => {
    const [own] = await only(plugin({ ...sums, agree: false }));
    const probe = await openPeakProbe(1);
    const row = await race(own!, options, probe);
    await probe.dispose();
    expect(row).toMatchObject({ agree: false });
    expect(row.entries.map(({ stats, ratio }) => [stats !== undefined, ratio])).toEqual([
      ...[
        [true, undefined],
        [true, undefined],
        [true, undefined],
      ],
    ]);
    const [first, second] = goalsOf([row], own!.targets).slice(-2);
    expect(first).toMatchObject({ id: 'toy-sum-1', definition: 'Adds ones.', verdict: 'must' });
    expect(second).toMatchObject({ id: 'toy-sum-2', verdict: 'printed', value: expect.any(Number) });
  });

  test('a goal whose lanes were not all timed is not measured', async () => {
    const [own] = await only(plugin(sums));
    const row: Row = {
      ...{ kind: 'timed', id: 'toy-sum', group: 'toy', title: '', threads: 1 },
      entries: [{ id: 'once', label: 'once', threads: 1, unavailable: 'it fell over' }],
    };
    expect(goalsOf([row], own!.targets).at(-1)).toMatchObject({ verdict: 'not measured' });
  });

  test('what cannot be imported is a case that tells why', async () => {
    const broken = definePlugin({
      ...{ name: 'broken', api: 1, license: 'MIT', paper: { title: 'None' } },
      benchmarks: () => Promise.reject(new Error('no such module')),
    });
    const [own] = await pluginCases(broken);
    expect(own).toMatchObject({ kind: 'figure', group: 'broken' });
    await expect(own!.kind === 'figure' && own!.figure(undefined)).rejects.toThrow('no such module');
  });
});
