// Dense convolutions are products over patches that exist nowhere in memory; those in groups are computed one result at a time.
import { conv2d, conv2dNhwc, convGeometry, type Activation, type ConvGeometry } from '@paperzoo/core';
import { webgpuKernel, type WebgpuArg, type WebgpuContext } from '../context';
import type { Program } from '../gpu/program';
import { activated } from '../wgsl/activations';
import { CONV_PARAMS, convValues, isPointwise, seen } from './conv-code';
import { runProduct } from './gemm-run';
import type { Source } from './gemm-tile';
import { elementFor, epilogueIns, epilogueKey, numberAt, storeWith } from './matmul';

interface Fused {
  readonly bias: boolean;
  readonly residual: boolean;
  readonly gate: boolean;
  readonly activation: Activation;
}

type ConvAttrs = Parameters<typeof convGeometry>[3];

const withGate = (e: Fused): Program['ins'] => (e.gate ? [['gate', 'f32']] : []);

/**
 * Channels last: rows are pixels, columns output channels, and k runs over taps with the channels innermost. With `quads` the input's channels are
 * a multiple of 4: four of them lie together and share a tap, and so do a pointwise kernel's weights.
 */
function nhwcSource(e: Fused, pointwise: boolean, quads: boolean): Source {
  const image = 'm / (p.outH * p.outW)';
  const type = elementFor(quads);
  const gate = (channel: string) => (e.gate ? ` * ${numberAt('gate', `(${image}) * p.inC + ${channel}`, quads)}` : '');
  const patch = `
fn patchAt(m: u32, k: u32) -> ${type} {
  let c = k % p.inC;
  let tap = k / p.inC;
  let b = ${image};
  ${seen('((m / p.outW) % p.outH)', '(m % p.outW)', 'tap')}
  if (y >= p.inH || x >= p.inW) { return ${type}(0.0); }
  return ${numberAt('xs', '((b * p.inH + y) * p.inW + x) * p.inC + c', quads)}${gate('c')};
}`;
  const flat = `fn patchAt(m: u32, k: u32) -> ${type} { return ${numberAt('xs', 'm * p.k + k', quads)}${gate('k')}; }`;
  return {
    key: `conv nhwc/${epilogueKey(e)}/${e.gate}/${pointwise}/${quads}`,
    ins: [
      ['xs', type],
      ['weight', elementFor(quads && pointwise)],
      ...epilogueIns(e),
      ...(e.gate ? [['gate', type] as const] : []),
    ],
    params: CONV_PARAMS,
    uses: [activated(e.activation)],
    declare: pointwise ? flat : patch,
    a: (m, k) => `patchAt(${m}, ${k})`,
    b: (k, n) =>
      pointwise
        ? numberAt('weight', `${n} * p.k + ${k}`, quads)
        : `weight[(${n} * p.inC + ${k} % p.inC) * p.taps + ${k} / p.inC]`,
    ...{ aAlong: 'k', bAlong: 'k', aQuads: quads, bQuads: quads && pointwise },
    store: storeWith(e),
  };
}

/** Any grouping, one result per invocation. */
const groupedNhwc = (e: Fused): Program => ({
  ins: [['xs', 'f32'], ['weight', 'f32'], ...epilogueIns(e), ...withGate(e)],
  outs: [['ys', 'f32']],
  params: CONV_PARAMS,
  uses: [activated(e.activation)],
  body: `let o = i % p.outC;
  let pixel = i / p.outC;
  let b = pixel / (p.outH * p.outW);
  let c0 = (o / p.cOut) * p.cIn;
  var so = 0.0;
  for (var tap = 0u; tap < p.taps; tap++) {
    ${seen('((pixel / p.outW) % p.outH)', '(pixel % p.outW)', 'tap')}
    if (y >= p.inH || x >= p.inW) { continue; }
    let origin = ((b * p.inH + y) * p.inW + x) * p.inC + c0;
    for (var c = 0u; c < p.cIn; c++) {
      so += xs[origin + c] * weight[(o * p.cIn + c) * p.taps + tap]${e.gate ? ' * gate[b * p.inC + c0 + c]' : ''};
    }
  }
  ys[i] = activated(so${e.bias ? ' + bias[o]' : ''}${e.residual ? ' + residual[i]' : ''});`,
});

const nhwcKernel = webgpuKernel<ConvAttrs & { activation: Activation }>(conv2dNhwc, {
  run(ctx, ins, [y], attrs) {
    const [x, weight, bias, residual, gate] = ins as [WebgpuArg, WebgpuArg, WebgpuArg?, WebgpuArg?, WebgpuArg?];
    const g = convGeometry('conv2d_nhwc', x, weight, attrs, true);
    const { activation } = attrs;
    const e = { bias: !!bias, residual: !!residual, gate: !!gate, activation };
    const handles = [x, weight, bias, residual, gate].flatMap((t) => t?.buffer ?? []);
    if (g.groups > 1) {
      const call = { ins: handles, outs: [y!.buffer], params: convValues(g), size: y!.size };
      return ctx.dispatch(`conv nhwc grouped/${epilogueKey(e)}/${e.gate}`, () => groupedNhwc(e), call);
    }
    runProduct(ctx, nhwcSource(e, isPointwise(g), g.inC % 4 === 0), {
      m: g.batch * g.outH * g.outW,
      n: g.outC,
      k: g.kH * g.kW * g.inC,
      batches: 1,
      ins: handles,
      out: y!.buffer,
      params: convValues(g),
    });
  },
});

/** Channels first: rows are output channels, columns the pixels of all images, and k runs over channels with the taps innermost. */
function nchwSource(bias: boolean): Source {
  return {
    key: `conv nchw/${bias}`,
    ins: [['xs', 'f32'], ['weight', 'f32'], ...(bias ? [['bias', 'f32'] as const] : [])],
    params: CONV_PARAMS,
    declare: `
fn patchAt(k: u32, n: u32) -> f32 {
  let c = k / p.taps;
  let tap = k % p.taps;
  let b = n / (p.outH * p.outW);
  ${seen('((n / p.outW) % p.outH)', '(n % p.outW)', 'tap')}
  if (y >= p.inH || x >= p.inW) { return 0.0; }
  return xs[((b * p.inC + c) * p.inH + y) * p.inW + x];
}`,
    a: (m, k) => `weight[${m} * p.k + ${k}]`,
    b: (k, n) => `patchAt(${k}, ${n})`,
    aAlong: 'k',
    bAlong: 'n',
    store: (m, n, value) =>
      `let plane = p.outH * p.outW; ys[((${n} / plane) * p.outC + ${m}) * plane + ${n} % plane] = ${value}${bias ? ` + bias[${m}]` : ''};`,
  };
}

const groupedNchw = (bias: boolean): Program => ({
  ins: [['xs', 'f32'], ['weight', 'f32'], ...(bias ? [['bias', 'f32'] as const] : [])],
  outs: [['ys', 'f32']],
  params: CONV_PARAMS,
  body: `let plane = i / (p.outH * p.outW);
  let o = plane % p.outC;
  let b = plane / p.outC;
  let c0 = (o / p.cOut) * p.cIn;
  var so = 0.0;
  for (var tap = 0u; tap < p.taps; tap++) {
    ${seen('((i / p.outW) % p.outH)', '(i % p.outW)', 'tap')}
    if (y >= p.inH || x >= p.inW) { continue; }
    for (var c = 0u; c < p.cIn; c++) {
      so += xs[((b * p.inC + c0 + c) * p.inH + y) * p.inW + x] * weight[(o * p.cIn + c) * p.taps + tap];
    }
  }
  ys[i] = so${bias ? ' + bias[o]' : ''};`,
});

/** A channels-first convolution. */
export function runNchw(
  ctx: WebgpuContext,
  g: ConvGeometry,
  ins: readonly (WebgpuArg | undefined)[],
  y: WebgpuArg,
): void {
  const bias = ins[2] !== undefined;
  const handles = ins.flatMap((t) => t?.buffer ?? []);
  if (g.groups > 1) {
    const call = { ins: handles, outs: [y.buffer], params: convValues(g), size: y.size };
    return ctx.dispatch(`conv nchw grouped/${bias}`, () => groupedNchw(bias), call);
  }
  runProduct(ctx, nchwSource(bias), {
    m: g.outC,
    n: g.batch * g.outH * g.outW,
    k: g.inC * g.kH * g.kW,
    batches: 1,
    ins: handles,
    out: y.buffer,
    params: convValues(g),
  });
}

const nchwKernel = webgpuKernel<ConvAttrs>(conv2d, {
  run: (ctx, ins, [y], attrs) => runNchw(ctx, convGeometry('conv2d', ins[0]!, ins[1]!, attrs, false), ins, y!),
});

export const convKernels = [nhwcKernel, nchwKernel];
