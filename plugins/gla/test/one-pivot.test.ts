import { expect, test } from '@jest/globals';
import plugin, { gla, withOnePivot } from '../src/index';

import { misfits, opCases, type Ins } from './harness/op-fixtures';
import { openZoo } from './harness/op-zoo';

const run = ({ q, k, v, gk, initial_state: initial }: Ins) => {
  const [o, state] = gla(q!, k!, v!, gk, null, initial);
  return { o, final_state: state };
};

test.each([
  ['basic', true],
  ['gates_const_m2', false],
  ['gates_reset_100', false],
  ['gates_reset_inf', false],
])('one pivot per chunk gives the results of %s: %s', async (name, right) => {
  const entry = opCases('op').find((known) => known.name === name)!;
  const outputs = { o: entry.outputs['o']!, final_state: entry.outputs['final_state']! };
  const zoo = await openZoo('wasm', withOnePivot(plugin));
  const wrong = await misfits(zoo, { ...entry, outputs, loss: {} }, run);
  expect(wrong.length === 0).toBe(right);
  await zoo.dispose();
});
