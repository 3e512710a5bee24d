import { add } from '@paperzoo/core';
import { guard } from '../peers/guard';
import { peers } from '../peers/index';
import { openZoo, ours } from '../peers/paperzoo';
import type { TimedCase } from './case';
import { noise } from './noise';

/** 16 MiB per operand: nothing stays in a cache between calls. */
const SIZE = 1 << 22;

const additionCase = (threads: number): TimedCase => ({
  ...{ kind: 'timed', group: 'stream', threads, quick: false },
  id: `add-4m${threads > 1 ? `-t${threads}` : ''}`,
  title: 'add of 4 194 304 floats',
  work: { unit: 'byte', amount: 12 * SIZE },
  async prepare() {
    const problem = { a: noise(SIZE, 1), b: noise(SIZE, 2) };
    const zoo = await openZoo(threads);
    const [x, y] = [zoo.tensor(problem.a), zoo.tensor(problem.b).persist()];
    const others = [];
    for (const peer of peers) others.push(await guard(peer, threads, () => peer.addition(problem, threads)));
    return [ours(zoo, threads, () => add(x, y)), ...others];
  },
});

/** What is bound by memory: the limit is the bandwidth of a copy. */
export const streamCases: readonly TimedCase[] = [additionCase(1), additionCase(2)];
