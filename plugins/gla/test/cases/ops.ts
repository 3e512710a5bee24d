import { abs, type Tensor } from '@paperzoo/core';
import { gla } from '../../src/index';
import type { Case } from '../harness/fixtures';
import type { Outputs } from '../harness/graded';
import { misfits, opCases, type Ins } from '../harness/op-fixtures';
import type { DeviceCase } from './case';

/** Every `step`-th token, and the last ones: what is stored of long outputs. */
const every = (o: Tensor, step: number) => {
  const [B, T, H, V] = o.shape as [number, number, number, number];
  return o
    .reshape([B, T / step, step, H, V])
    .slice(2, 0, 1)
    .reshape([B, T / step, H, V]);
};
const tails: Readonly<Record<string, readonly [step: number, tail: number]>> = {
  big_340M_heads: [64, 8],
  big_long: [256, 16],
};

function run({ name, hyper }: Case) {
  const valueFirst = hyper['state_v_first'] === true;
  const turn = (state: Tensor) => (valueFirst ? state.permute([0, 1, 3, 2]) : state);
  return ({ q, k, v, gk, gv, initial_state: initial }: Ins): Outputs => {
    const [o, state] = gla(q!, k!, v!, gk, gv, initial && turn(initial), null, {
      scale: hyper['scale'] === 'K**-0.5' ? null : (hyper['scale'] as number),
      reverse: hyper['reverse'] === true,
      cuSeqlens: (hyper['cu_seqlens'] as number[] | undefined) ?? null,
    });
    const long = tails[name];
    if (!long) return { o, final_state: turn(state) };
    const T = o.shape[1]!;
    return {
      o_every: every(o, long[0]),
      o_tail: o.slice(1, T - long[1], T),
      final_state_abs_sum: abs(state).sum([2, 3]),
      final_state_corner: state.slice(2, 0, 16).slice(3, 0, 16),
    };
  };
}

/** Upstream's results of the op, gradients included. */
export const ops = (): DeviceCase[] =>
  opCases('op').map((entry) => ({ name: entry.name, run: (zoo) => misfits(zoo, entry, run(entry)) }));
