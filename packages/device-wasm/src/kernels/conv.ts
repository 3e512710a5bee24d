import {
  ACTIVATIONS,
  conv2d,
  conv2dNhwc,
  convGeometry,
  defineKernel,
  type Activation,
  type Arg,
  type ConvGeometry,
} from '@paperzoo/core';
import type { WasmContext } from '../context';
import { isDepthwise, isPointwise, type ConvAttrs } from './conv-kind';
import { denseModule } from './dense-module';
import { packedWeights } from './gemm';
import { layoutKey } from './layout-key';
import { runPointwise, turn } from './planes';
import { runGemm } from './run-gemm';
import { grainFor } from './split';

type Ins = readonly (Arg<number> | undefined)[];
type Outs = readonly Arg<number>[];

/** A channels-last convolution; addresses in bytes, 0 for absent parts. */
interface NhwcCall {
  readonly x: number;
  readonly weight: Arg<number>;
  readonly bias: number;
  readonly residual: number;
  readonly y: number;
  /** Position in `ACTIVATIONS`. */
  readonly activation: number;
}

/** 1×1 is a product, depthwise is direct, all else goes through kernel rows and gathered patches. */
function runNhwc(ctx: WasmContext, g: ConvGeometry, call: NhwcCall): void {
  if (isPointwise(g)) runPointwiseNhwc(ctx, g, call);
  else if (isDepthwise(g)) runDepthwise(ctx, g, call);
  else runDense(ctx, g, call);
}

function runPointwiseNhwc(ctx: WasmContext, g: ConvGeometry, call: NhwcCall): void {
  const { x: a, y: c, bias, residual, activation } = call;
  const n = g.outC;
  const k = g.inC;
  const panels = packedWeights(ctx, call.weight, n, k);
  runGemm(ctx, { m: g.batch * g.outH * g.outW, n, k, a, c, panels, bias, residual, activation });
}

// The long lists of arguments are spelled out: building and spreading them from parts costs more than a small convolution.

function runDepthwise(ctx: WasmContext, g: ConvGeometry, call: NhwcCall): void {
  const { weight, x, y, bias, residual, activation } = call;
  const { inC, inH: h, inW: w, outH: ho, outW: wo, kH, kW, strideY, strideX, padY, padX, dilationY, dilationX } = g;
  const taps = kH * kW;
  const packed = ctx.packed(weight, layoutKey('taps', inC, taps), weight.size * 4, (to) =>
    ctx.exports.packDepthwise!(0, inC, inC, taps, weight.buffer, to),
  );
  const pixel = inC * 4;
  const xRow = w * pixel;
  const yRow = wo * pixel;
  // prettier-ignore
  ctx.parallel('depthwise', g.batch * ho, grainFor(wo * inC * taps), x, h * xRow, xRow, pixel, h, w, inC,
    y, ho * yRow, yRow, pixel, ho, wo, residual, packed, bias, kH, kW, strideY, strideX, padY, padX, dilationY, dilationX, activation);
}

function runDense(ctx: WasmContext, g: ConvGeometry, call: NhwcCall): void {
  const { weight, x, y, bias, residual, activation } = call;
  const { groups, inH: h, inW: w, outH: ho, outW: wo, kH, kW, strideY, strideX, padY, padX, dilationY, dilationX } = g;
  const cin = g.inC / groups;
  const n = g.outC / groups;
  const k = cin * kH * kW;
  const panels = Math.ceil(n / 8) * groups;
  const packed = ctx.packed(
    weight,
    layoutKey(groups === 1 ? 'conv' : `conv ${groups}`, n, cin),
    panels * k * 32,
    (to) => ctx.parallel('packConv', panels, grainFor(8 * k), n, cin, kH * kW, weight.buffer, to),
  );
  const rows = g.batch * ho;
  const share = Math.ceil(rows / (ctx.threads === 1 ? 1 : 4 * ctx.threads));
  const grain = Math.max(grainFor(wo * g.outC * k), share);
  const slot = Math.ceil((ctx.exports.convPatches!(wo) * k * 4) / 16) * 16 + 16;
  const scratch = ctx.scratch(slot * Math.ceil(rows / grain));
  // prettier-ignore
  ctx.parallel('conv', rows, grain, x, h, w, cin, groups, packed, n, bias, residual, y, ho, wo,
    kH, kW, strideY, strideX, padY, padX, dilationY, dilationX, activation, scratch, slot, grain);
}

const nhwcKernel = defineKernel<number, WasmContext>(conv2dNhwc, {
  id: 'conv2d_nhwc/wasm-simd',
  device: 'wasm',
  module: denseModule,
  run(ctx, ins: Ins, [out]: Outs, attrs: ConvAttrs & { activation: Activation }) {
    const [x, weight, bias, residual, gate] = ins as [Arg<number>, Arg<number>, ...Ins];
    if (out!.size === 0) return;
    const g = convGeometry('conv2d_nhwc', x, weight, attrs, true);
    runNhwc(ctx, g, {
      x: gate ? gated(ctx, x, gate, g) : x.buffer,
      weight,
      bias: bias?.buffer ?? 0,
      residual: residual?.buffer ?? 0,
      y: out!.buffer,
      activation: ACTIVATIONS.indexOf(attrs.activation),
    });
  },
});

/** input · gate; a pass over the input costs less than a gate in every block of the product. */
function gated(ctx: WasmContext, x: Arg<number>, gate: Arg<number>, g: ConvGeometry): number {
  const to = ctx.scratch(x.size * 4);
  const pixels = g.inH * g.inW;
  ctx.parallel('gateRows', g.batch * pixels, grainFor(g.inC), x.buffer, gate.buffer, to, pixels, g.inC);
  return to;
}

const nchwKernel = defineKernel<number, WasmContext>(conv2d, {
  id: 'conv2d/wasm-simd',
  device: 'wasm',
  module: denseModule,
  run(ctx, ins: Ins, [out]: Outs, attrs: ConvAttrs) {
    const [x, weight, bias] = ins as [Arg<number>, Arg<number>, Arg<number>?];
    if (out!.size === 0) return;
    const g = convGeometry('conv2d', x, weight, attrs, false);
    const b = bias?.buffer ?? 0;
    if (isPointwise(g)) {
      const [k, n] = [g.inC, g.outC];
      runPointwise(ctx, {
        images: g.batch,
        pixels: g.inH * g.inW,
        k,
        n,
        x: x.buffer,
        y: out!.buffer,
        bias: b,
        rows: () => weight.buffer,
        panels: () => packedWeights(ctx, weight, n, k),
      });
      return;
    }
    // Kernels want channels last: taps are then runs of memory and channels fill vectors; turning the maps costs less than doing without.
    const last = turn(ctx, g.batch, x.buffer, g.inC, g.inH * g.inW);
    const inPlace = g.outH * g.outW === 1 || g.outC === 1;
    const y = inPlace ? out!.buffer : ctx.scratch(out!.size * 4);
    runNhwc(ctx, g, { x: last, weight, bias: b, residual: 0, y, activation: 0 });
    if (!inPlace) turn(ctx, g.batch, y, g.outH * g.outW, g.outC, out!.buffer);
  },
});

export const convKernels = [nhwcKernel, nchwKernel];
