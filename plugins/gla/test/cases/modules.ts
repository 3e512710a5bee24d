import { concat, cumsum, rmsNorm, split, type Tensor } from '@paperzoo/core';
import { init } from '@paperzoo/nn';
import { gateLogsigmoid, rmsNormGated, shortConv1d, type GateActivation } from '../../src/index';
import { GatedMLP } from '../../src/models/gated-mlp';
import { casesOf, type Case } from '../harness/fixtures';
import type { Outputs } from '../harness/graded';
import { moduleMisfits } from '../harness/module-misfits';
import type { DeviceCase } from './case';

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

/** Upstream's results of the parts of a layer, gradients included. */
export const modules = (): DeviceCase[] =>
  casesOf('modules.safetensors').map(([name, entry]) => ({
    name,
    run: (zoo) => moduleMisfits(zoo, entry, runners[name.split('_')[0]!]!(entry.hyper)),
  }));
