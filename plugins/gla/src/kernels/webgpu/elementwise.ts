// The ops of the layer that walk elements: one invocation each.
import { defineKernel, type Op } from '@paperzoo/core';
import type { Program, WebgpuContext, WebgpuHandle } from '@paperzoo/device-webgpu';
import { gateLogsigmoid } from '../../ops/gate-logsigmoid';
import { gateLogsigmoidGrad } from '../../ops/gate-logsigmoid-grad';
import { swiglu } from '../../ops/swiglu';
import { swigluGrad } from '../../ops/swiglu-grad';
import { f32 } from './frame';

interface Elementwise<Attrs> extends Pick<Program, 'ins' | 'outs' | 'uses' | 'declare'> {
  readonly body: string;
  /** Parameters by name, and what they are in a call. */
  readonly params?: readonly string[];
  values?(attrs: Attrs): readonly number[];
}

function elementwise<Attrs>(op: Op, { values = () => [], params = [], ...program }: Elementwise<Attrs>) {
  const make = (): Program => ({ ...program, params: params.map((name) => `${name}:f32`) });
  return defineKernel<WebgpuHandle, WebgpuContext>(op, {
    id: `${op.name}/webgpu`,
    device: 'webgpu',
    run(ctx, ins, outs, attrs: Attrs) {
      ctx.dispatch(op.name, make, {
        ins: ins.map((x) => x!.buffer),
        outs: outs.map((y) => y.buffer),
        params: values(attrs),
        size: outs[0]!.size,
      });
    },
  });
}

interface GateAttrs {
  readonly tau: number;
  readonly clamp: number | null;
}
const GATE = {
  uses: ['expf', 'log1pf', 'minimum', 'maximum', 'isNan'],
  // Whether there is a bound is a number too: infinities are no safe values of a parameter.
  params: ['tau', 'bound', 'bounded'],
  values: ({ tau, clamp }: GateAttrs) => [tau, clamp ?? 0, Number(clamp !== null)],
  declare: 'fn decay(z: f32) -> f32 { return (minimum(z, 0.0) - log1pf(expf(-abs(z)))) / p.tau; }',
};

/** The small ops of the layer without a sum over anything. */
export const elementwiseKernels = [
  elementwise<GateAttrs>(gateLogsigmoid, {
    ...GATE,
    ins: f32('zs'),
    outs: f32('gs'),
    body: 'let g = decay(zs[i]); if (p.bounded == 1.0) { gs[i] = maximum(g, p.bound); } else { gs[i] = g; }',
  }),
  elementwise<GateAttrs>(gateLogsigmoidGrad, {
    ...GATE,
    uses: [...GATE.uses, 'sigmoidf'],
    ins: f32('zs', 'dys'),
    outs: f32('dzs'),
    body: `let z = zs[i];
  let slope = dys[i] * (sigmoidf(-z) / p.tau);
  if (p.bounded == 1.0) { let g = decay(z); dzs[i] = select(0.0, slope, g >= p.bound && !isNan(g)); } else { dzs[i] = slope; }`,
  }),
  elementwise(swiglu, {
    uses: ['expf', 'mulf', 'sigmoidf', 'siluf'],
    ins: f32('gates', 'ups'),
    outs: f32('ys'),
    // An adapter may take what is subnormal on the way for 0, which infinity times would be no number.
    body: `let x = gates[i];
  let up = ups[i];
  if (x < -1.0) { let e = expf(0.5 * x); ys[i] = (up * e) * (x * e) / (1.0 + e * e); }
  else if (abs(x) <= 1.0) { ys[i] = mulf(x, up) * sigmoidf(x); }
  else { ys[i] = mulf(siluf(x), up); }`,
  }),
  elementwise(swigluGrad, {
    uses: ['sigmoidf'],
    ins: f32('gates', 'ups', 'dys'),
    outs: f32('dgates', 'dups'),
    body: `let x = gates[i];
  let s = sigmoidf(x);
  dgates[i] = dys[i] * ups[i] * (s * (x * (1.0 - s) + 1.0));
  dups[i] = dys[i] * (x * s);`,
  }),
];
