import type { Entry, TimedRow } from '../results';
import type { PageResult, Subject } from './problem';

export const WHERE = { page: 'in a browser', node: 'in Node' } as const;
export type Where = keyof typeof WHERE;

/** The id of a row: numbers of a software adapter have one of their own, so that no goal takes them for a graphics card's. */
export const rowId = (subject: Subject, where: Where, software = false): string =>
  ['webgpu', subject, where === 'node' && 'node', software && 'software'].filter(Boolean).join('-');

/** What a page or a process measured, as a row of the suite. */
export function rowOf(subject: Subject, where: Where, result: PageResult): TimedRow {
  const { adapter, software, problem, flops, lanes, limits, profile } = result;
  const own = lanes[0]?.stats;
  const entries = lanes.map(({ stats, unavailable, difference, ...names }): Entry => {
    const rate = stats && flops / stats.min / 1e6;
    return {
      ...{ ...names, threads: 1 },
      ...(difference !== undefined && { difference }),
      ...(unavailable !== undefined && { unavailable }),
      ...(stats && rate && { stats, rate, share: rate / limits.gflops }),
      ...(stats && own && { ratio: stats.min / own.min, medianRatio: stats.median / own.median }),
    };
  });
  return {
    ...{ kind: 'timed', id: rowId(subject, where, software), group: 'webgpu', threads: 1 },
    title: `${problem.title}, WebGPU ${WHERE[where]}`,
    definition: [
      software &&
        `${adapter} is a software adapter: the sizes are cut, the answers count, the times say nothing of a graphics card.`,
      `Measured on ${adapter}, whose shaders reach ${figure(limits.gflops)} GFLOP/s in multiply-adds and ${figure(limits.copyGBs)} GB/s copying.`,
    ]
      .filter(Boolean)
      .join(' '),
    work: { unit: 'flop', amount: flops },
    entries,
    adapter: { name: adapter, software, ...limits },
    ...(typeof profile === 'string' ? { unprofiled: profile } : { profile }),
  };
}

const figure = (value: number) => value.toPrecision(3);
