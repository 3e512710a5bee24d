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
import { denseModule } from './dense-module';
import { packedWeights } from './gemm';
import { panelBytes, runGemm } from './run-gemm';
import { grainFor } from './split';

type Ins = readonly (Arg<number> | undefined)[];
type Outs = readonly Arg<number>[];

interface ConvAttrs {
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
}

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

const isPointwise = (g: ConvGeometry) =>
  g.kH * g.kW === 1 && g.groups === 1 && g.strideY === 1 && g.strideX === 1 && g.padY === 0 && g.padX === 0;
const isDepthwise = (g: ConvGeometry) => g.groups === g.inC && g.outC === g.inC;

/** 1×1 is a product, depthwise is direct, all else goes through gathered patches. */
function runNhwc(ctx: WasmContext, g: ConvGeometry, call: NhwcCall): void {
  if (isPointwise(g)) {
    const [m, n, k] = [g.batch * g.outH * g.outW, g.outC, g.inC];
    runGemm(ctx, { ...call, m, n, k, a: call.x, c: call.y, panels: packedWeights(ctx, call.weight, n, k) });
  } else if (isDepthwise(g)) runDepthwise(ctx, g, call);
  else runPatches(ctx, g, call);
}

const window = (g: ConvGeometry) => [g.kH, g.kW, g.strideY, g.strideX, g.padY, g.padX, g.dilationY, g.dilationX];

function runDepthwise(ctx: WasmContext, g: ConvGeometry, { x, weight, bias, residual, y, activation }: NhwcCall): void {
  const [taps, pixel] = [g.kH * g.kW, g.inC * 4];
  const packed = ctx.packed(weight, `taps ${g.inC}x${taps}`, weight.size * 4, (to) =>
    ctx.exports.packDepthwise!(0, g.inC, g.inC, taps, weight.buffer, to),
  );
  ctx.parallel(
    ...(['depthwise', g.batch * g.outH, grainFor(g.outW * g.inC * taps)] as const),
    ...[x, g.inH * g.inW * pixel, g.inW * pixel, pixel, g.inH, g.inW, g.inC],
    ...[y, g.outH * g.outW * pixel, g.outW * pixel, pixel, g.outH, g.outW, residual, packed, bias],
    ...window(g),
    activation,
  );
}

function runPatches(ctx: WasmContext, g: ConvGeometry, { x, weight, bias, residual, y, activation }: NhwcCall): void {
  const [cin, n, taps] = [g.inC / g.groups, g.outC / g.groups, g.kH * g.kW];
  const panels = Math.ceil(n / 8) * g.groups;
  const packed = ctx.packed(weight, `conv ${g.groups}x${n}x${cin}x${taps}`, panels * cin * taps * 32, (to) =>
    ctx.parallel('packConv', panels, grainFor(8 * cin * taps), n, cin, taps, weight.buffer, to),
  );
  const rows = g.batch * g.outH;
  const grain = Math.max(grainFor(g.outW * g.outC * cin * taps), Math.ceil(rows / (4 * ctx.threads)));
  const slot = Math.ceil((ctx.exports.convPatches!(g.outW) * cin * taps * 4) / 16) * 16 + 16;
  const scratch = ctx.scratch(slot * Math.ceil(rows / grain));
  ctx.parallel(
    ...(['conv', rows, grain, x, g.inH, g.inW, cin, g.groups, packed, n, bias, residual, y, g.outH, g.outW] as const),
    ...window(g),
    ...[activation, scratch, slot, grain],
  );
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
    if (isPointwise(g)) runPointwisePlanes(ctx, g, x.buffer, weight.buffer, b, out!.buffer);
    else if (isDepthwise(g)) {
      ctx.parallel(
        ...(['depthwisePlanes', g.batch * g.inC, grainFor(g.outH * g.outW * g.kH * g.kW)] as const),
        ...[x.buffer, g.inH, g.inW, g.inC, out!.buffer, g.outH, g.outW, weight.buffer, b],
        ...window(g),
      );
    } else {
      // Patches are runs of memory only with channels last, and turning a map costs little beside k·k products per element.
      const y = ctx.scratch(out!.size * 4);
      const last = turnImages(ctx, g.batch, x.buffer, g.inC, g.inH * g.inW, ctx.scratch(x.size * 4));
      runNhwc(ctx, g, { x: last, weight, bias: b, residual: 0, y, activation: 0 });
      turnImages(ctx, g.batch, y, g.outH * g.outW, g.outC, out!.buffer);
    }
  },
});

/** 1×1 on planes: weights are the left matrix, each image the right one. */
function runPointwisePlanes(
  ctx: WasmContext,
  g: ConvGeometry,
  x: number,
  weight: number,
  bias: number,
  y: number,
): void {
  const [m, n, k] = [g.outC, g.outH * g.outW, g.inC];
  const panels = ctx.scratch(panelBytes(n, k));
  for (let i = 0; i < g.batch; i++) {
    ctx.parallel('packRows', Math.ceil(n / 8), grainFor(8 * k), n, k, x + i * k * n * 4, n * 4, panels);
    runGemm(ctx, { m, n, k, a: weight, panels, c: y + i * m * n * 4, biasRow: bias });
  }
}

/** Transposes each image's `[rows][columns]` matrix; returns `to`. */
function turnImages(ctx: WasmContext, images: number, from: number, rows: number, columns: number, to: number): number {
  const bytes = rows * columns * 4;
  for (let i = 0; i < images; i++) {
    ctx.parallel('transposeRows', columns, grainFor(rows, 4), from + i * bytes, rows, columns, to + i * bytes);
  }
  return to;
}

export const convKernels = [nhwcKernel, nchwKernel];
