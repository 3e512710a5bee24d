import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { concat, cumsum, rmsNorm, split, type Tensor, type Zoo } from '@paperzoo/core';
import { init } from '@paperzoo/nn';
import { gateLogsigmoid, rmsNormGated, shortConv1d, type GateActivation } from '../src/index';
import { GatedMLP } from '../src/models/gated-mlp';
import { misfit } from './harness/closeness';
import { casesOf, input, stored, type Case } from './harness/fixtures';
import { graded, type Outputs } from './harness/graded';
import { DEVICES, zooOn } from './harness/zoo';

type Ins = Readonly<Record<string, Tensor>>;

/** What computes a case, by the first word of its name. */
const runners: Readonly<Record<string, (hyper: Case['hyper']) => (ins: Ins) => Outputs>> = {
  rmsnorm:
    (hyper) =>
    (ins): Outputs => {
      const eps = hyper['eps'] as number;
      if (ins['g']) {
        const activation = hyper['activation'] as GateActivation;
        return { y: rmsNormGated(ins['x']!, ins['g'], ins['weight'], { eps, activation }) };
      }
      if (!ins['residual']) return { y: rmsNorm(ins['x']!, ins['weight'], { eps }) };
      const sum = ins['x']!.add(ins['residual']);
      return { y: rmsNorm(sum, ins['weight'], { eps }), residual_out: sum };
    },
  gate: (hyper) => (ins) => ({
    g: gateLogsigmoid(ins['x']!, {
      tau: hyper['gate_logit_normalizer'] as number,
      clamp: hyper['clamp_min'] as number | null,
    }),
  }),
  mlp: (hyper) => {
    const mlp = new GatedMLP(hyper['hidden_size'] as number, hyper['intermediate_size'] as number, init.constant(0));
    return (ins) => {
      mlp.gate_proj.weight.set(ins['gate_w']!);
      mlp.up_proj.weight.set(ins['up_w']!);
      mlp.down_proj.weight.set(ins['down_w']!);
      const y = mlp(ins['x']!);
      mlp.dispose();
      return { y };
    };
  },
  // Sums within chunks of the time axis, or over all of it, as gates are summed.
  cumsum: (hyper) => (ins) => {
    const T = ins['s']!.shape[1]!;
    const size = (hyper['chunk_size'] as number) || T;
    const sizes = Array.from({ length: Math.ceil(T / size) }, (_, i) => Math.min(size, T - i * size));
    const suffix = (x: Tensor) => x.add(x.sum(1, true)).sub(cumsum(x, { dim: 1 }));
    const sums = split(ins['s']!, sizes, 1).map((x) => (hyper['reverse'] === true ? suffix(x) : cumsum(x, { dim: 1 })));
    return { o: concat(sums, { dim: 1 }).mul((hyper['scale'] as number | null) ?? 1) };
  },
  conv: (hyper) => (ins) => {
    const [y, cache] = shortConv1d(ins['x']!, ins['weight']!, ins['bias'], ins['cache'], {
      activation: hyper['activation'] === null ? 'none' : 'silu',
      cuSeqlens: hyper['cu_seqlens'] as number[] | null,
    });
    return { y, cache_out: cache };
  },
};

describe.each(DEVICES)("upstream's modules on %s", (device) => {
  let zoo: Zoo;
  beforeAll(async () => {
    zoo = await zooOn(device);
  });
  afterAll(async () => {
    expect(zoo.memory().tensors).toBe(0);
    await zoo.dispose();
  });

  test.each(casesOf('modules.safetensors'))('%s', async (name, entry) => {
    const run = runners[name.split('_')[0]!]!(entry.hyper);
    const ins = Object.fromEntries(
      Object.keys(entry.inputs).map((key) => {
        const { values, shape } = input(entry, key);
        return [key, zoo.tensor(values, { shape })];
      }),
    );
    const results = await graded(zoo, ins, run, entry.loss);
    for (const tensor of Object.values(ins)) tensor.dispose();
    const wrong = Object.entries(entry.outputs).map(([output, key]) =>
      misfit(output, results[output] ?? [], stored(entry.file, key).values, entry.tolerance[output]),
    );
    expect(wrong.filter(Boolean)).toEqual([]);
  });
});
