// The short convolution over time: outputs and the cache that remains are written by one dispatch per run of sequences.
//
//   y_t = activation(bias + Σ_j weight_j · x_{t-W+1+j}), where x before the first token is the cache, newest last
import { defineKernel } from '@paperzoo/core';
import type { Program, WebgpuContext, WebgpuHandle } from '@paperzoo/device-webgpu';
import { sequences } from '../../ops/gla-shapes';
import { shortConv1d } from '../../ops/short-conv1d';
import { f32, handles } from './frame';

interface Form {
  readonly bias: boolean;
  readonly cache: boolean;
  readonly silu: boolean;
}

/** D channels, W taps, `length` tokens of each of the sequences from `first` on, the first at token `begin`, the next `length` later. */
const convProgram = ({ bias, cache, silu }: Form): Program => ({
  ins: f32('xs', 'weights', bias && 'bias', cache && 'cache'),
  outs: f32('ys', 'after'),
  params: ['D', 'W', 'first', 'begin', 'length', 'outputs'],
  uses: ['siluf'],
  declare: `
fn seen(s: u32, t: i32, d: u32) -> f32 {
  if (t >= 0) { return xs[(p.begin + s * p.length + u32(t)) * p.D + d]; }
  return ${cache ? 'cache[((p.first + s) * p.D + d) * p.W + u32(i32(p.W) + t)]' : '0.0'};
}`,
  body: `let W = i32(p.W);
  if (i < p.outputs) {
    let d = i % p.D;
    let token = i / p.D;
    let s = token / p.length;
    let t = i32(token % p.length);
    var so = 0.0;
    for (var j = 0; j < W; j++) { so += weights[d * p.W + u32(j)] * seen(s, t - W + 1 + j, d); }
    ${bias ? 'so += bias[d];' : ''}
    ys[(p.begin + token) * p.D + d] = ${silu ? 'siluf(so)' : 'so'};
  } else {
    let at = i - p.outputs;
    let j = i32(at % p.W);
    let d = (at / p.W) % p.D;
    let s = at / (p.W * p.D);
    after[p.first * p.D * p.W + at] = seen(s, i32(p.length) - W + j, d);
  }`,
});

interface ConvAttrs {
  readonly activation: 'silu' | 'none';
  readonly cuSeqlens: readonly number[] | null;
}

export const shortConvKernel = defineKernel<WebgpuHandle, WebgpuContext>(shortConv1d, {
  id: 'gla.short_conv1d/webgpu',
  device: 'webgpu',
  run(ctx, [x, weight, bias, cache], [y, after], { activation, cuSeqlens }: ConvAttrs) {
    const [B, T, D] = x!.shape as readonly [number, number, number];
    const W = weight!.shape[2]!;
    const form = { bias: !!bias, cache: !!cache, silu: activation === 'silu' };
    const runs = cuSeqlens
      ? sequences({ B, T }, cuSeqlens).map(({ begin, end }) => ({ begin, length: end - begin, count: 1 }))
      : [{ begin: 0, length: T, count: B }];
    runs.forEach(({ begin, length, count }, first) => {
      const outputs = count * length * D;
      ctx.dispatch(`gla.short_conv/${Object.values(form).join()}`, () => convProgram(form), {
        ins: handles(x, weight, bias, cache),
        outs: handles(y, after),
        params: [D, W, first, begin, length, outputs],
        size: outputs + count * D * W,
      });
    });
  },
});
