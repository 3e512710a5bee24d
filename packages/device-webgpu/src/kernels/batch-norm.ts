// Normalisation per channel (axis 1). Training first gathers two numbers per channel, then goes over the map again.
import * as core from '@paperzoo/core';
import { webgpuKernel, type WebgpuArg } from '../context';
import type { Program } from '../gpu/program';
import { rootf } from '../wgsl/math';
import { laneSum, LANES } from '../wgsl/lanes';

const inner = (x: WebgpuArg) => x.shape.slice(2).reduce((a, b) => a * b, 1);
const CHANNEL = 'let c = (i / p.inner) % p.channels;';

const evalProgram = (weight: boolean, bias: boolean): Program => ({
  ins: [
    ['xs', 'f32'],
    ['means', 'f32'],
    ['variances', 'f32'],
    ...(weight ? [['weight', 'f32'] as const] : []),
    ...(bias ? [['bias', 'f32'] as const] : []),
  ],
  outs: [['ys', 'f32']],
  params: ['channels', 'inner', 'eps:f32'],
  uses: [rootf],
  body: `${CHANNEL}
  ys[i] = (xs[i] - means[c]) * rootf(variances[c] + p.eps)${weight ? ' * weight[c]' : ''}${bias ? ' + bias[c]' : ''};`,
});

const batchNorm = webgpuKernel<{ eps: number }>(core.batchNorm, {
  run(ctx, [x, mean, variance, weight, bias], [y], { eps }) {
    ctx.dispatch(`batch_norm/${!!weight}/${!!bias}`, () => evalProgram(!!weight, !!bias), {
      ins: [x, mean, variance, weight, bias].flatMap((t) => t?.buffer ?? []),
      outs: [y!.buffer],
      params: [x!.shape[1]!, inner(x!), eps],
      size: y!.size,
    });
  },
});

/** Runs `code` for each place `at` of channel `group`. */
const eachOfChannel = (code: string) =>
  `for (var j = lane; j < p.count; j += ${LANES}u) { let at = ((j / p.inner) * p.channels + group) * p.inner + j % p.inner; ${code} }`;

const statistics: Program = {
  ins: [['xs', 'f32']],
  outs: [
    ['means', 'f32'],
    ['variances', 'f32'],
  ],
  params: ['channels', 'inner', 'count'],
  uses: [laneSum],
  kind: 'groups',
  body: `var part = 0.0;
  ${eachOfChannel('part += xs[at];')}
  let mean = laneSum(lane, part) / f32(p.count);
  var squares = 0.0;
  ${eachOfChannel('let d = xs[at] - mean; squares += d * d;')}
  let variance = laneSum(lane, squares) / f32(p.count);
  if (lane == 0u) { means[group] = mean; variances[group] = variance; }`,
};

const batchNormTrain = webgpuKernel<{ eps: number }>(core.batchNormTrain, {
  run(ctx, [x, weight, bias], [y, mean, variance], { eps }) {
    const channels = x!.shape[1]!;
    const count = x!.size / channels;
    ctx.dispatch('batch_norm_train/statistics', () => statistics, {
      ins: [x!.buffer],
      outs: [mean!.buffer, variance!.buffer],
      params: [channels, inner(x!), count],
      size: channels,
    });
    ctx.dispatch(`batch_norm/${!!weight}/${!!bias}`, () => evalProgram(!!weight, !!bias), {
      ins: [x, mean, variance, weight, bias].flatMap((t) => t?.buffer ?? []),
      outs: [y!.buffer],
      params: [channels, inner(x!), eps],
      size: y!.size,
    });
  },
});

const gradSums: Program = {
  ins: [
    ['xs', 'f32'],
    ['dys', 'f32'],
    ['means', 'f32'],
    ['variances', 'f32'],
  ],
  outs: [
    ['dws', 'f32'],
    ['dbs', 'f32'],
  ],
  params: ['channels', 'inner', 'count', 'eps:f32'],
  uses: [laneSum, rootf],
  kind: 'groups',
  body: `let mean = means[group];
  let scale = rootf(variances[group] + p.eps);
  var db = 0.0;
  var dw = 0.0;
  ${eachOfChannel('let dy = dys[at]; db += dy; dw += dy * ((xs[at] - mean) * scale);')}
  let totalB = laneSum(lane, db);
  let totalW = laneSum(lane, dw);
  if (lane == 0u) { dbs[group] = totalB; dws[group] = totalW; }`,
};

const OPTIONAL = ['weight', 'dMeans', 'dVariances'] as const;
type Present = Readonly<Record<(typeof OPTIONAL)[number], boolean>>;

const gradMap = (present: Present): Program => ({
  ins: [
    ...(['xs', 'dys', 'means', 'variances', 'dws', 'dbs'] as const).map((name) => [name, 'f32'] as const),
    ...OPTIONAL.filter((name) => present[name]).map((name) => [name, 'f32'] as const),
  ],
  outs: [['dxs', 'f32']],
  params: ['channels', 'inner', 'count:f32', 'eps:f32'],
  uses: [rootf],
  body: `${CHANNEL}
  let scale = rootf(variances[c] + p.eps);
  let distance = xs[i] - means[c];
  var dx = (dys[i] - (dbs[c] + distance * scale * dws[c]) / p.count) * scale${present.weight ? ' * weight[c]' : ''};
  ${present.dMeans ? 'dx += dMeans[c] / p.count;' : ''}
  ${present.dVariances ? 'dx += distance * (2.0 * dVariances[c] / p.count);' : ''}
  dxs[i] = dx;`,
});

const batchNormTrainGrad = webgpuKernel<{ eps: number }>(core.batchNormTrainGrad, {
  run(ctx, [x, dy, mean, variance, weight, dMean, dVariance], [dx, dw, db], { eps }) {
    const channels = x!.shape[1]!;
    const count = x!.size / channels;
    const shared = [x!.buffer, dy!.buffer, mean!.buffer, variance!.buffer];
    ctx.dispatch('batch_norm_train_grad/sums', () => gradSums, {
      ins: shared,
      outs: [dw!.buffer, db!.buffer],
      params: [channels, inner(x!), count, eps],
      size: channels,
    });
    const present = { weight: !!weight, dMeans: !!dMean, dVariances: !!dVariance };
    ctx.dispatch(`batch_norm_train_grad/map/${Object.values(present).join()}`, () => gradMap(present), {
      ins: [...shared, dw!.buffer, db!.buffer, ...[weight, dMean, dVariance].flatMap((t) => t?.buffer ?? [])],
      outs: [dx!.buffer],
      params: [channels, inner(x!), count, eps],
      size: dx!.size,
    });
  },
});

export const batchNormKernels = [batchNorm, batchNormTrain, batchNormTrainGrad];
