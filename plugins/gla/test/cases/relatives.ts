import { rmsNorm, type Tensor, type Zoo } from '@paperzoo/core';
import * as family from '../../src/family';
import type { Outputs } from '../harness/graded';
import { misfits, opCases, type Ins } from '../harness/op-fixtures';
import type { DeviceCase } from './case';
import { Judge } from './judge';

const swap = (x: Tensor) => x.permute([0, 2, 1, 3]);
const named = ([o, final_state]: [Tensor, Tensor]): Outputs => ({ o, final_state });

/** HGRN2's layer around its recurrence. */
function hgrn2Layer(ins: Ins, heads: number, expand: number): Outputs {
  const x = ins['hidden_states']!;
  const [B, T, D] = x.shape as [number, number, number];
  const project = (name: string) => x.matmul(ins[`${name}_proj.weight`]!, { transposeB: true });
  const split = (y: Tensor) => y.reshape([B, T, heads, y.shape[2]! / heads]);
  const lowerBound = ins['lower_bound']?.reshape([heads, expand]);
  const [o] = family.hgrn2(split(project('q')), split(project('f')), split(project('i')), { lowerBound });
  const normed = rmsNorm(o.reshape([B, T, D]), ins['g_norm.weight'], { eps: 1e-5 });
  return { y: normed.matmul(ins['o_proj.weight']!, { transposeB: true }) };
}

const runners: Readonly<Record<string, (ins: Ins) => Outputs>> = {
  simple_gla: ({ q, k, v, g, initial_state: initialState }) =>
    named(family.simpleGla(q!, k!, v!, g!, { initialState })),
  simple_gla_strong: ({ q, k, v, g, initial_state: initialState }) =>
    named(family.simpleGla(q!, k!, v!, g!, { initialState, scale: 1 })),
  simple_gla_parallel: ({ q, k, v, g }) => {
    const [o, attn] = family.simpleGlaParallel(q!, k!, v!, g!);
    return { o, attn };
  },
  retention: ({ q, k, v }) => named(family.retention(q!, k!, v!)),
  linear_attn: ({ q, k, v, kv_state: initialState }) => named(family.linearAttention(q!, k!, v!, { initialState })),
  linear_attn_normalized: ({ q, k, v }) => {
    const [o, final_state, final_z] = family.normalizedLinearAttention(q!, k!, v!);
    return { o, final_state, final_z };
  },
  linear_attn_normalized_state: ({ q, k, v, kv_state: initialState, z_state: initialKeys }) => {
    const [o, final_state, final_z] = family.normalizedLinearAttention(q!, k!, v!, { initialState, initialKeys });
    return { o, final_state, final_z };
  },
  lightning: ({ q, k, v, initial_state: initialState }) =>
    named(family.lightningAttention(q!, k!, v!, { initialState, layer: 2, layers: 5 })),
  gsa: ({ q, k, v, s, g }) => {
    const [o, final_k_state, final_v_state] = family.gatedSlotAttention(q!, k!, v!, s!, g!);
    return { o, final_k_state, final_v_state };
  },
  rwkv6: ({ q, k, v, w, u, initial_state: initialState }) => {
    const [o, final_state] = family.rwkv6(swap(q!), swap(k!), swap(v!), swap(w!), u!, { initialState });
    return { o: swap(o), final_state };
  },
  hgrn: ({ x, g, initial_state: initialState }) => named(family.hgrn(x!, g!, { initialState })),
  hgrn2_layer: (ins) => hgrn2Layer(ins, 3, 8),
  hgrn2_layer_T70: (ins) => hgrn2Layer(ins, 2, 8),
};

/** Upstream's results of the op's relatives, gradients included. */
export const relatives = (): DeviceCase[] => [
  ...opCases('family').map((entry) => ({
    name: entry.name,
    run: (zoo: Zoo) => misfits(zoo, entry, runners[entry.name]!),
  })),
  {
    name: 'weights of a hard reset stay finite in the parallel form',
    async run(zoo) {
      const judge = new Judge();
      using q = zoo.ones([1, 3, 1, 1]);
      using g = zoo.tensor([0, -Infinity, -1], { shape: [1, 3, 1] });
      const [o, scores] = family.simpleGlaParallel(q, q, q, g);
      judge.close('the weights', await scores.data(), [1, 0, 0, 0, 1, 0, 0, Math.exp(-1), 1], 1e-6);
      o.dispose();
      scores.dispose();
      return judge.wrong;
    },
  },
];
