// Gradients of a channels-first convolution. Each gathers: an element asks which outputs it took part in, so nothing is added twice.
import { conv2dInputGrad, conv2dWeightGrad, convGeometry, type ConvGeometry, type Spec } from '@paperzoo/core';
import { webgpuKernel } from '../context';
import type { Program } from '../gpu/program';
import { CONV_PARAMS, convValues, seeing, seen } from './conv-code';
import { runProduct } from './gemm-run';
import type { Source } from './gemm-tile';
import { laneSum, LANES } from '../wgsl/lanes';

type ConvAttrs = Parameters<typeof convGeometry>[3];
const f32 = (shape: readonly number[]): Spec => ({ shape, dtype: 'f32' });
const both = ([y, x = y]: readonly number[]): [number, number] => [y!, x!];

/** Rows are input channels, columns the input's pixels, k the output channels with the taps innermost. */
const inputSource: Source = {
  key: 'conv input grad',
  ins: [
    ['dys', 'f32'],
    ['weight', 'f32'],
  ],
  params: CONV_PARAMS,
  declare: `
fn gathered(k: u32, n: u32) -> f32 {
  let o = k / p.taps;
  let tap = k % p.taps;
  let b = n / (p.inH * p.inW);
  ${seeing('((n / p.inW) % p.inH)', '(n % p.inW)', 'tap')}
  if (!hit) { return 0.0; }
  return dys[((b * p.outC + o) * p.outH + oy) * p.outW + ox];
}`,
  a: (m, k) => `weight[((${k} / p.taps) * p.inC + ${m}) * p.taps + ${k} % p.taps]`,
  b: (k, n) => `gathered(${k}, ${n})`,
  aAlong: 'k',
  bAlong: 'n',
  store: (m, n, value) =>
    `let plane = p.inH * p.inW; ys[((${n} / plane) * p.inC + ${m}) * plane + ${n} % plane] = ${value};`,
};

const groupedInput: Program = {
  ins: [
    ['dys', 'f32'],
    ['weight', 'f32'],
  ],
  outs: [['dxs', 'f32']],
  params: CONV_PARAMS,
  body: `let plane = i / (p.inH * p.inW);
  let c = plane % p.inC;
  let b = plane / p.inC;
  let o0 = (c / p.cIn) * p.cOut;
  var so = 0.0;
  for (var tap = 0u; tap < p.taps; tap++) {
    ${seeing('((i / p.inW) % p.inH)', '(i % p.inW)', 'tap')}
    if (!hit) { continue; }
    for (var o = o0; o < o0 + p.cOut; o++) {
      so += dys[((b * p.outC + o) * p.outH + oy) * p.outW + ox] * weight[(o * p.cIn + c % p.cIn) * p.taps + tap];
    }
  }
  dxs[i] = so;`,
};

const inputGrad = webgpuKernel<ConvAttrs & { inputSize: readonly number[] }>(conv2dInputGrad, {
  run(ctx, [dy, weight], [dx], attrs) {
    const g = convGeometry('conv2d_input_grad', f32(dx!.shape), weight!, attrs, false);
    const ins = [dy!.buffer, weight!.buffer];
    if (g.groups > 1) {
      const call = { ins, outs: [dx!.buffer], params: convValues(g), size: dx!.size };
      return ctx.dispatch('conv input grad grouped', () => groupedInput, call);
    }
    runProduct(ctx, inputSource, {
      m: g.inC,
      n: g.batch * g.inH * g.inW,
      k: g.outC * g.kH * g.kW,
      batches: 1,
      ins,
      out: dx!.buffer,
      params: convValues(g),
    });
  },
});

/** Rows are output channels, columns the weights of each, k the pixels of all outputs: a long sum for a small result. */
const weightSource: Source = {
  key: 'conv weight grad',
  ins: [
    ['xs', 'f32'],
    ['dys', 'f32'],
  ],
  params: CONV_PARAMS,
  declare: `
fn gathered(k: u32, n: u32) -> f32 {
  let c = n / p.taps;
  let tap = n % p.taps;
  let b = k / (p.outH * p.outW);
  ${seen('((k / p.outW) % p.outH)', '(k % p.outW)', 'tap')}
  if (y >= p.inH || x >= p.inW) { return 0.0; }
  return xs[((b * p.inC + c) * p.inH + y) * p.inW + x];
}`,
  a: (m, k) => `dys[((${k} / (p.outH * p.outW)) * p.outC + ${m}) * (p.outH * p.outW) + ${k} % (p.outH * p.outW)]`,
  b: (k, n) => `gathered(${k}, ${n})`,
  aAlong: 'k',
  bAlong: 'k',
};

/** A workgroup per weight: its lanes share the pixels. */
const groupedWeight: Program = {
  ins: [
    ['xs', 'f32'],
    ['dys', 'f32'],
  ],
  outs: [['dws', 'f32']],
  params: ['count', ...CONV_PARAMS],
  uses: [laneSum],
  kind: 'groups',
  body: `let tap = group % p.taps;
  let o = group / (p.taps * p.cIn);
  let c = (o / p.cOut) * p.cIn + (group / p.taps) % p.cIn;
  var part = 0.0;
  for (var k = lane; k < p.count; k += ${LANES}u) {
    let b = k / (p.outH * p.outW);
    ${seen('((k / p.outW) % p.outH)', '(k % p.outW)', 'tap')}
    if (y < p.inH && x < p.inW) {
      part += xs[((b * p.inC + c) * p.inH + y) * p.inW + x] * dys[(b * p.outC + o) * p.outH * p.outW + k % (p.outH * p.outW)];
    }
  }
  let total = laneSum(lane, part);
  if (lane == 0u) { dws[group] = total; }`,
};

const weightGrad = webgpuKernel<ConvAttrs & { kernelSize: readonly number[] }>(conv2dWeightGrad, {
  run(ctx, [x, dy], [dw], attrs) {
    const [kH, kW] = both(attrs.kernelSize);
    const shape = [dw!.shape[0]!, dw!.shape[1]!, kH, kW];
    const g: ConvGeometry = convGeometry('conv2d_weight_grad', x!, f32(shape), attrs, false);
    const ins = [x!.buffer, dy!.buffer];
    const count = g.batch * g.outH * g.outW;
    if (g.groups > 1) {
      const call = { ins, outs: [dw!.buffer], params: [count, ...convValues(g)], size: dw!.size };
      return ctx.dispatch('conv weight grad grouped', () => groupedWeight, call);
    }
    runProduct(ctx, weightSource, {
      m: g.outC,
      n: g.inC * g.kH * g.kW,
      k: count,
      batches: 1,
      ins,
      out: dw!.buffer,
      params: convValues(g),
    });
  },
});

export const convGradKernels = [inputGrad, weightGrad];
