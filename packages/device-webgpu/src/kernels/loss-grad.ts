// The gradient of cross entropy: (softmax - wanted distribution) of each row, times what the row counts for.
import { crossEntropyGrad } from '@paperzoo/core';
import { webgpuKernel } from '../context';
import type { Program } from '../gpu/program';
import { laneSum, LANES } from '../wgsl/lanes';
import { expf } from '../wgsl/math';
import { infinity, nan } from '../wgsl/special';
import { isShared, rowProgram } from './rows';

/** For the mean: the gradient over the number of rows that count. Sums of ones are exact up to 2^24 rows. */
const shareProgram: Program = {
  ins: [
    ['targets', 'i32'],
    ['dys', 'f32'],
  ],
  outs: [['shares', 'f32']],
  params: ['rows', 'ignore:i32'],
  uses: [laneSum, nan],
  kind: 'groups',
  body: `var part = 0.0;
  for (var row = lane; row < p.rows; row += ${LANES}u) { part += select(0.0, 1.0, targets[row] != p.ignore); }
  let count = laneSum(lane, part);
  if (lane == 0u) { if (count == 0.0) { shares[0] = nan(); } else { shares[0] = dys[0] / count; } }`,
};

const gradProgram = (shared: boolean): Program =>
  rowProgram(
    shared,
    {
      ins: [
        ['xs', 'f32'],
        ['targets', 'i32'],
        ['dys', 'f32'],
      ],
      outs: [['dxs', 'f32']],
      // `step`: 0 where all rows share one gradient.
      params: ['step', 'ignore:i32', 'hit:f32', 'even:f32'],
      uses: [expf, infinity],
    },
    ({ each, sum, top }) => `var best = -infinity();
  ${each('best = maximum(best, xs[at]);')}
  let highest = ${top('best')};
  var part = 0.0;
  ${each('let e = expf(xs[at] - highest); dxs[at] = e; part += e;')}
  let total = ${sum('part')};
  let wanted = targets[row];
  let share = dys[row * p.step] * select(0.0, 1.0, wanted != p.ignore);
  ${each('dxs[at] = (dxs[at] / total - (p.even + select(0.0, p.hit, wanted == i32(j)))) * share;')}`,
  );

interface LossAttrs {
  readonly ignoreIndex: number;
  readonly labelSmoothing: number;
  readonly reduction: 'mean' | 'sum' | 'none';
}

export const lossGradKernel = webgpuKernel<LossAttrs>(crossEntropyGrad, {
  dtypes: 'any',
  run(ctx, [x, target, dy], [dx], { ignoreIndex, labelSmoothing, reduction }) {
    const [rows, n] = x!.shape as [number, number];
    let given = dy!.buffer;
    if (reduction === 'mean') {
      given = ctx.scratch(1);
      ctx.dispatch('cross_entropy_grad/share', () => shareProgram, {
        ins: [target!.buffer, dy!.buffer],
        outs: [given],
        params: [rows, ignoreIndex],
        size: 1,
      });
    }
    const shared = isShared(n, 1);
    ctx.dispatch(`cross_entropy_grad/${shared}`, () => gradProgram(shared), {
      ins: [x!.buffer, target!.buffer, given],
      outs: [dx!.buffer],
      params: [n, 1, Number(reduction === 'none'), ignoreIndex, 1 - labelSmoothing, labelSmoothing / n],
      size: rows,
    });
  },
});
