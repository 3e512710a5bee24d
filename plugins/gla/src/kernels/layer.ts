import { defineKernel, type Arg, type Op } from '@paperzoo/core';
import type { WasmContext } from '@paperzoo/device-wasm';
import { gateLogsigmoid } from '../ops/gate-logsigmoid';
import { gateLogsigmoidGrad } from '../ops/gate-logsigmoid-grad';
import type { GateActivation } from '../ops/gate-activation';
import { rmsNormGated } from '../ops/rms-norm-gated';
import { rmsNormGatedGrad } from '../ops/rms-norm-gated-grad';
import { swiglu } from '../ops/swiglu';
import { swigluGrad } from '../ops/swiglu-grad';
import { layerModule } from './layer-module';

type Ptr = Arg<number>;
type Run<Attrs> = (ctx: WasmContext, ins: readonly (Ptr | undefined)[], outs: readonly Ptr[], attrs: Attrs) => void;

/** Elements, with a sigmoid each, that repay a hand-over to another thread. */
const GRAIN = 4096;
/** Rows of one index of the module's `rmsNormGatedGrad`. */
const BLOCK = 32;

const layerKernel = <Attrs>(op: Op, run: Run<Attrs>) =>
  defineKernel<number, WasmContext>(op, { id: `${op.name}/wasm-simd`, device: 'wasm', module: layerModule, run });

const at = (args: readonly (Ptr | undefined)[]) => args.map((arg) => arg?.buffer ?? 0);

/** Kernels that walk elements: addresses of inputs, then of outputs, after the numbers that `first` gives. */
const elementwise = <Attrs>(op: Op, name: string, first: (attrs: Attrs) => readonly number[]) =>
  layerKernel<Attrs>(op, (ctx, ins, outs, attrs) =>
    ctx.parallel(name, outs[0]!.size, GRAIN, ...first(attrs), ...at(ins), ...at(outs)),
  );

const bounds = ({ tau, clamp }: { readonly tau: number; readonly clamp: number | null }) => [tau, clamp ?? -Infinity];

interface NormAttrs {
  readonly eps: number;
  readonly activation: GateActivation;
}
const isSwish = ({ activation }: NormAttrs) => Number(activation === 'swish');

const gatedNorm = layerKernel<NormAttrs>(rmsNormGated, (ctx, ins, [y], attrs) => {
  const n = y!.shape.at(-1)!;
  const grain = Math.ceil(GRAIN / n);
  ctx.parallel('rmsNormGated', y!.size / n, grain, n, attrs.eps, isSwish(attrs), ...at(ins), y!.buffer);
});

const gatedNormGrad = layerKernel<NormAttrs>(rmsNormGatedGrad, (ctx, ins, [dx, dg, dw], attrs) => {
  const n = dw!.size;
  const rows = dx!.size / n;
  const blocks = Math.ceil(rows / BLOCK);
  const bytes = 16 * Math.ceil(n / 4);
  const [sums, room] = [ctx.scratch(blocks * bytes), ctx.scratch(blocks * bytes)];
  const grain = Math.ceil(GRAIN / (BLOCK * n));
  const places = [...at(ins), dx!.buffer, dg!.buffer, sums, room];
  ctx.parallel('rmsNormGatedGrad', blocks, grain, rows, n, attrs.eps, isSwish(attrs), ...places);
  ctx.parallel('sumBlocks', n, Math.ceil((4 * GRAIN) / Math.max(1, blocks)), blocks, bytes, sums, dw!.buffer);
});

/** The small ops of the layer. */
export const layerKernels = [
  elementwise(gateLogsigmoid, 'gateLogsigmoid', bounds),
  elementwise(gateLogsigmoidGrad, 'gateLogsigmoidGrad', bounds),
  elementwise(swiglu, 'swiglu', () => []),
  elementwise(swigluGrad, 'swigluGrad', () => []),
  gatedNorm,
  gatedNormGrad,
];
