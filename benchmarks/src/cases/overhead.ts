import { add } from '@paperzoo/core';
import { openZoo, ours } from '../peers/paperzoo';
import type { TimedCase } from './case';

/** What one call costs when there is nothing to compute: argument checks, shape rule, kernel choice, allocation, the hop into WASM, release. */
export const overheadCase: TimedCase = {
  kind: 'timed',
  id: 'op-overhead',
  group: 'overhead',
  title: 'add of 16 floats, call to disposal',
  threads: 1,
  quick: true,
  async prepare() {
    const zoo = await openZoo(1);
    const x = zoo.ones([16]);
    const y = zoo.ones([16]);
    const contestant = ours(zoo, 1, () => add(x, y));
    return [{ ...contestant, run: () => add(x, y).dispose() }];
  },
};
