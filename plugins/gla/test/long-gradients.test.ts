import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Zoo } from '@paperzoo/core';
import { EXTRAS, GATES, longGradient, longGradients } from './cases/long-gradients';
import { holdOn } from './harness/hold-on';
import { openZoo } from './harness/op-zoo';

holdOn('beside the reference', ['wasm'], openZoo, longGradients());

let zoos: Zoo[];
beforeAll(async () => {
  zoos = await Promise.all((['wasm', 'wasm ×2'] as const).map((device) => openZoo(device)));
});
afterAll(() => Promise.all(zoos.map((zoo) => zoo.dispose())));

test.each(GATES.flatMap((gate) => EXTRAS.map((extra) => [gate, extra] as const)))(
  'two threads give what one gives to the last bit, gate %s, %s',
  async (gate, extra) => {
    const [one, two] = await Promise.all(zoos.map((zoo) => longGradient(zoo, gate, extra)));
    expect(two).toEqual(one);
  },
);
