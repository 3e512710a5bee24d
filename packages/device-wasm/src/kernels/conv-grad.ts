import {
  conv2dInputGrad,
  conv2dWeightGrad,
  convGeometry,
  defineKernel,
  type Arg,
  type ConvGeometry,
  type Spec,
} from '@paperzoo/core';
import type { WasmContext } from '../context';
import { isDepthwise, isPointwise, type ConvAttrs } from './conv-kind';
import { denseModule } from './dense-module';
import { layoutKey } from './layout-key';
import { channelsFirst, planePanels, runPointwise, turn } from './planes';
import { panelBytes, runGemm } from './run-gemm';
import { grainFor } from './split';

type Ins = readonly [Arg<number>, Arg<number>];
type Outs = readonly [Arg<number>];

const inputGrad = defineKernel<number, WasmContext>(conv2dInputGrad, {
  id: 'conv2d_input_grad/wasm-simd',
  device: 'wasm',
  module: denseModule,
  run(ctx, ins, outs, attrs: ConvAttrs) {
    const [dy, weight] = ins as Ins;
    const [dx] = outs as Outs;
    const g = convGeometry('conv2d_input_grad', dx as Spec, weight, attrs, false);
    if (isPointwise(g)) pointwiseInput(ctx, g, dy.buffer, weight, dx.buffer);
    else {
      const grad = turn(ctx, g.batch, dy.buffer, g.outC, g.outH * g.outW);
      const inPlace = g.inH * g.inW === 1 || g.inC === 1;
      const to = inPlace ? dx.buffer : ctx.scratch(dx.size * 4);
      if (isDepthwise(g)) depthwiseInput(ctx, g, grad, weight, to);
      else denseInput(ctx, g, grad, weight, to);
      if (!inPlace) turn(ctx, g.batch, to, g.inH * g.inW, g.inC, dx.buffer);
    }
  },
});

/** A 1×1 convolution with the weights transposed. */
function pointwiseInput(ctx: WasmContext, g: ConvGeometry, dy: number, weight: Arg<number>, dx: number): void {
  const [n, k] = [g.inC, g.outC];
  runPointwise(ctx, {
    images: g.batch,
    pixels: g.inH * g.inW,
    k,
    n,
    x: dy,
    y: dx,
    bias: 0,
    rows: () => turn(ctx, 1, weight.buffer, k, n),
    panels: () =>
      ctx.packed(weight, layoutKey('rows', k, n), panelBytes(n, k), (to) =>
        ctx.parallel('packRows', Math.ceil(n / 8), grainFor(8 * k), n, k, weight.buffer, n * 4, to),
      ),
  });
}

function depthwiseInput(ctx: WasmContext, g: ConvGeometry, grad: number, weight: Arg<number>, dx: number): void {
  const { batch, inC, inH: h, inW: w, outH: ho, outW: wo, kH, kW, strideY, strideX, padY, padX } = g;
  const taps = kH * kW;
  const packed = ctx.packed(weight, layoutKey('taps', inC, taps), weight.size * 4, (to) =>
    ctx.exports.packDepthwise!(0, inC, inC, taps, weight.buffer, to),
  );
  // prettier-ignore
  ctx.parallel('depthwiseInputGrad', batch * h, grainFor(w * inC * taps), grad, ho, wo, inC, packed, h, w,
    kH, kW, strideY, strideX, padY, padX, g.dilationY, g.dilationX, dx);
}

function denseInput(ctx: WasmContext, g: ConvGeometry, grad: number, weight: Arg<number>, dx: number): void {
  const { batch, groups, inH: h, inW: w, outH: ho, outW: wo, kH, kW, strideY, strideX, padY, padX } = g;
  const [cin, n] = [g.inC / groups, g.outC / groups];
  const taps = kH * kW;
  const k = taps * cin;
  const group = panelBytes(k, n);
  const packed = ctx.packed(weight, layoutKey(`input grad ${groups}`, n, k), group * groups, (to) => {
    // Taps before channels, which is the order of the channels-last patches.
    const turned = turn(ctx, g.outC, weight.buffer, cin, taps);
    for (let i = 0; i < groups; i++) {
      ctx.exports.packRows!(0, Math.ceil(k / 8), k, n, turned + i * n * k * 4, k * 4, to + i * group);
    }
  });
  const grain = Math.max(grainFor(ho * wo * g.outC * k), Math.ceil(batch / (4 * ctx.threads)));
  const slot = Math.ceil((ctx.exports.convGradPatches!(wo) * k * 4) / 16) * 16;
  const scratch = ctx.scratch(slot * Math.ceil(batch / grain));
  // prettier-ignore
  ctx.parallel('convInputGrad', batch, grain, grad, n, groups, packed, h, w, cin, ho, wo,
    kH, kW, strideY, strideX, padY, padX, g.dilationY, g.dilationX, dx, scratch, slot, grain);
}

const weightGrad = defineKernel<number, WasmContext>(conv2dWeightGrad, {
  id: 'conv2d_weight_grad/wasm-simd',
  device: 'wasm',
  module: denseModule,
  run(ctx, ins, outs, attrs: ConvAttrs) {
    const [x, dy] = ins as Ins;
    const [dw] = outs as Outs;
    const g = convGeometry('conv2d_weight_grad', x, dw as Spec, attrs, false);
    if (isPointwise(g)) pointwiseWeight(ctx, g, x.buffer, dy.buffer, dw.buffer);
    else if (isDepthwise(g)) depthwiseWeight(ctx, g, x.buffer, dy.buffer, dw.buffer);
    else denseWeight(ctx, g, x.buffer, dy.buffer, dw.buffer);
  },
});

/** One product of depth batch·pixels. */
function pointwiseWeight(ctx: WasmContext, g: ConvGeometry, x: number, dy: number, dw: number): void {
  const pixels = g.inH * g.inW;
  const a = channelsFirst(ctx, dy, g.batch, g.outC, [g.outH, g.outW], [0, 0]);
  const panels = planePanels(ctx, x, g.batch, g.inC, pixels);
  runGemm(ctx, { m: g.outC, n: g.inC, k: g.batch * pixels, a, panels, c: dw });
}

function depthwiseWeight(ctx: WasmContext, g: ConvGeometry, x: number, dy: number, dw: number): void {
  const { batch, inC, inH: h, inW: w, outH: ho, outW: wo, kH, kW, strideY, strideX, padY, padX } = g;
  const taps = kH * kW;
  // The kernel reads whole cache lines of channels, past the last pixel's last one too.
  const room = (pixels: number) => ctx.scratch(batch * pixels * inC * 4 + 64);
  const maps = turn(ctx, batch, x, inC, h * w, room(h * w));
  const grad = turn(ctx, batch, dy, inC, ho * wo, room(ho * wo));
  const blocks = Math.ceil(inC / 16);
  const sums = ctx.scratch(blocks * taps * 64);
  // prettier-ignore
  ctx.parallel('depthwiseWeightGrad', blocks, grainFor(16 * taps * batch * ho * wo), maps, batch, h, w, inC, grad, ho, wo,
    kH, kW, strideY, strideX, padY, padX, g.dilationY, g.dilationX, sums);
  ctx.exports.unpackDepthwise!(0, inC, taps, sums, dw);
}

function denseWeight(ctx: WasmContext, g: ConvGeometry, x: number, dy: number, dw: number): void {
  const { batch, groups, inH: h, inW: w, outH: ho, outW: wo, kH, kW, strideY, strideX, padY, padX } = g;
  const [cin, n] = [g.inC / groups, g.outC / groups];
  const rows = cin * kH * kW;
  const [high, wide] = [h + 2 * padY, w + 2 * padX];
  const maps = channelsFirst(ctx, x, batch, g.inC, [h, w], [padY, padX]);
  const panels = Math.ceil(n / 8);
  const sums = ctx.scratch(rows * panels * 32);
  for (let i = 0; i < groups; i++) {
    const grad = planePanels(ctx, dy, batch, g.outC, ho * wo, i * n, n);
    const from = maps + i * cin * batch * high * wide * 4;
    const work = 32 * batch * ho * wo;
    // prettier-ignore
    ctx.parallel('convWeightGrad', panels * Math.ceil(rows / 4), grainFor(work), from, batch, high, wide, cin, grad, panels, ho, wo,
      kH, kW, strideY, strideX, g.dilationY, g.dilationX, sums);
    ctx.exports.transposeRows!(0, n, sums, rows, panels * 8, dw + i * n * rows * 4);
  }
}

export const convGradKernels = [inputGrad, weightGrad];
