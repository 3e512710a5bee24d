import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createZoo, type Tensor, type Zoo } from '@paperzoo/core';
import efficientvit from '@paperzoo/efficientvit';
import gla, { GatedLinearAttention, type GatedLinearAttentionOptions } from '@paperzoo/gla';
import { failures } from '../../../plugins/efficientvit/test/harness/check';
import { readFixtures } from '../../../plugins/efficientvit/test/harness/node';
import { runCase } from '../../../plugins/efficientvit/test/harness/run';
import { misfit } from '../../../plugins/gla/test/harness/closeness';
import { casesOf, input, stored, type Case } from '../../../plugins/gla/test/harness/fixtures';
import { gpujs } from '../src/index';

let zoo: Zoo;
beforeAll(async () => {
  zoo = await createZoo({
    device: gpujs({ mode: 'webasm' }),
    plugins: [efficientvit, gla],
    log: () => undefined,
  });
});
afterAll(async () => {
  expect(zoo.memory()).toMatchObject({ tensors: 0, buffers: 0, bytes: 0 });
  await zoo.dispose();
});

const LONG = 120_000;

describe("upstream's EfficientViT", () => {
  const fixtures = readFixtures();
  test.each(['m0_224'])(
    '%s',
    async (name) => {
      expect(failures(await runCase({ zoo, fixtures }, name))).toBeNull();
    },
    LONG,
  );
});

/** `use_short_conv` → `useShortConv`. */
const camel = (args: object) =>
  Object.fromEntries(
    Object.entries(args).map(([key, value]) => [key.replace(/_(\w)/g, (_, c: string) => c.toUpperCase()), value]),
  ) as unknown as GatedLinearAttentionOptions;

/** Output and last state of the layer, in one call. */
async function runLayer(entry: Case): Promise<Record<string, ArrayLike<number>>> {
  const layer = new GatedLinearAttention(camel(entry.hyper['layer_args'] as object));
  const names = Object.keys(entry.inputs);
  const ins: Record<string, Tensor> = Object.fromEntries(
    names.map((key) => {
      const { values, shape } = input(entry, key);
      return [key, zoo.tensor(values, { shape })];
    }),
  );
  const { hidden_states: x, ...weights } = ins;
  layer.loadStateDict(weights);
  const outs = zoo.scope(() => {
    const { y, state } = layer(x!, {});
    // Upstream keeps its states values first.
    return { y, recurrent_state: state.recurrent.permute([0, 1, 3, 2]) };
  });
  const read = { y: await outs.y.data(), recurrent_state: await outs.recurrent_state.data() };
  for (const owner of [layer, ...Object.values(ins), ...Object.values(outs)]) owner.dispose();
  return read;
}

test.each(casesOf('layer.safetensors').filter(([name]) => /default_T20|gqa_relu_nogate|sigmoid_gate/.test(name)))(
  "upstream's GLA layer: %s",
  async (_name, entry) => {
    const results = await runLayer(entry);
    const wrong = Object.entries(entry.outputs)
      .filter(([output]) => !output.startsWith('d_'))
      .map(([output, key]) =>
        misfit(output, results[output] ?? [], stored(entry.file, key).values, entry.tolerance[output]),
      );
    expect(wrong.filter(Boolean)).toEqual([]);
  },
  LONG,
);
