// What a training step does beside its model: the loss over classes and the optimiser's update.
import * as core from '@paperzoo/core';
import { webgpuKernel } from '../context';
import type { Program } from '../gpu/program';
import { expf, logf } from '../wgsl/math';
import { infinity, nan } from '../wgsl/special';
import { foldAxis } from './reduce';
import { isShared, rowProgram } from './rows';

/** Loss of each row, 0 for rows that are ignored, and whether it counts. */
const lossProgram = (shared: boolean): Program =>
  rowProgram(
    shared,
    {
      ins: [
        ['xs', 'f32'],
        ['targets', 'i32'],
      ],
      outs: [
        ['losses', 'f32'],
        ['counts', 'f32'],
      ],
      params: ['ignore:i32', 'smoothing:f32'],
      uses: [expf, logf, infinity, nan],
    },
    ({ each, sum, top }) => `var best = -infinity();
  ${each('best = maximum(best, xs[at]);')}
  let highest = ${top('best')};
  var part = 0.0;
  var plain = 0.0;
  ${each('let x = xs[at] - highest; part += expf(x); plain += x;')}
  let shift = logf(${sum('part')});
  let mean = ${sum('plain')} / f32(p.n) - shift;
  if (first) {
    let target_ = targets[row];
    let counts_ = target_ != p.ignore;
    var picked = 0.0;
    if (target_ < 0 || target_ >= i32(p.n)) { picked = nan(); } else { picked = (xs[row * p.n + u32(target_)] - highest) - shift; }
    losses[row] = select(0.0, (p.smoothing - 1.0) * picked - p.smoothing * mean, counts_);
    counts[row] = select(0.0, 1.0, counts_);
  }`,
  );

const meanProgram: Program = {
  ins: [
    ['totals', 'f32'],
    ['counts', 'f32'],
  ],
  outs: [['ys', 'f32']],
  params: [],
  uses: [nan],
  body: 'if (counts[0] == 0.0) { ys[0] = nan(); } else { ys[0] = totals[0] / counts[0]; }',
};

interface LossAttrs {
  readonly ignoreIndex: number;
  readonly labelSmoothing: number;
  readonly reduction: 'mean' | 'sum' | 'none';
}

const crossEntropy = webgpuKernel<LossAttrs>(core.crossEntropy, {
  dtypes: 'any',
  supports: ([x]) => (x!.shape[1]! > 0 && x!.shape[0]! > 0) || 'without rows or classes there is nothing to fold',
  run(ctx, [x, target], [y], { ignoreIndex, labelSmoothing, reduction }) {
    const [rows, n] = x!.shape as [number, number];
    const shared = isShared(n, 1);
    const losses = reduction === 'none' ? y!.buffer : ctx.scratch(rows);
    const counts = ctx.scratch(rows);
    ctx.dispatch(`cross_entropy/${shared}`, () => lossProgram(shared), {
      ins: [x!.buffer, target!.buffer],
      outs: [losses, counts],
      params: [n, 1, ignoreIndex, labelSmoothing],
      size: rows,
    });
    if (reduction === 'none') return;
    const whole = { outer: 1, n: rows, inner: 1 };
    if (reduction === 'sum') return foldAxis(ctx, 'sum', losses, y!.buffer, whole);
    const [total, count] = [ctx.scratch(1), ctx.scratch(1)];
    foldAxis(ctx, 'sum', losses, total, whole);
    foldAxis(ctx, 'sum', counts, count, whole);
    ctx.dispatch('cross_entropy/mean', () => meanProgram, { ins: [total, count], outs: [y!.buffer], size: 1 });
  },
});

const adamwProgram: Program = {
  ins: [
    ['params', 'f32'],
    ['grads', 'f32'],
    ['ms', 'f32'],
    ['vs', 'f32'],
  ],
  outs: [
    ['newParams', 'f32'],
    ['newMs', 'f32'],
    ['newVs', 'f32'],
  ],
  params: ['beta1:f32', 'rest1:f32', 'beta2:f32', 'rest2:f32', 'eps:f32', 'keep:f32', 'rate:f32', 'scale:f32'],
  body: `let g = grads[i];
  let m = p.beta1 * ms[i] + p.rest1 * g;
  let v = p.beta2 * vs[i] + p.rest2 * (g * g);
  newMs[i] = m;
  newVs[i] = v;
  newParams[i] = p.keep * params[i] - p.rate * (m / (sqrt(v) * p.scale + p.eps));`,
};

interface AdamwAttrs {
  readonly lr: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  readonly weightDecay: number;
  readonly step: number;
}

const adamwStep = webgpuKernel<AdamwAttrs>(core.adamwStep, {
  run(ctx, ins, outs, { lr, beta1, beta2, eps, weightDecay, step }) {
    ctx.dispatch('adamw_step', () => adamwProgram, {
      ins: ins.map((x) => x!.buffer),
      outs: outs.map((y) => y.buffer),
      params: [
        ...[beta1, 1 - beta1, beta2, 1 - beta2, eps, 1 - lr * weightDecay],
        ...[lr / (1 - beta1 ** step), 1 / Math.sqrt(1 - beta2 ** step)],
      ],
      size: outs[0]!.size,
    });
  },
});

export const trainingKernels = [crossEntropy, adamwStep];
