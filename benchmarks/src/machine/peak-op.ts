import { attr, defineKernel, defineOp, definePlugin, tensor } from '@paperzoo/core';
import { decodeBase64, type WasmContext } from '@paperzoo/device-wasm';
import { wasm } from '../generated/peak.wasm';

/** Floating-point operations of one round: 12 vectors of 4 lanes, a multiply and an add each. */
export const FLOPS_PER_ROUND = 96;

/** Runs `rounds` × 12 vector multiply-adds per row; the result [rows, 4] only keeps the work alive. */
export const multiplyAdd = defineOp({
  name: 'bench.multiply_add',
  version: 1,
  inputs: [tensor('rows')],
  attrs: { rounds: attr.int() },
  shape: ([x]) => ({ shape: [x.shape[0] ?? 0, 4], dtype: 'f32' }),
  cost: ([x], _outs, { rounds }) => ({ flops: FLOPS_PER_ROUND * rounds * (x.shape[0] ?? 0) }),
});

/** A copy of its input, made with vector loads and stores; the size must be a multiple of 16. */
export const streamCopy = defineOp({
  name: 'bench.copy',
  version: 1,
  inputs: [tensor('input')],
  shape: ([x]) => x,
});

const module = () => decodeBase64(wasm);

const kernels = [
  defineKernel<number, WasmContext>(multiplyAdd, {
    id: 'bench.multiply_add/wasm-simd',
    device: 'wasm',
    module,
    run: (ctx, _ins, [out], { rounds }: { rounds: number }) =>
      ctx.parallel('multiplyAdd', out!.shape[0]!, 1, out!.buffer, rounds),
  }),
  defineKernel<number, WasmContext>(streamCopy, {
    id: 'bench.copy/wasm-simd',
    device: 'wasm',
    module,
    run: (ctx, [x], [out]) => ctx.parallel('copy', out!.size >> 4, 4096, out!.buffer, x!.buffer),
  }),
];

/** The two ops above with their kernels, as any plugin brings them. */
export const peakPlugin = definePlugin({
  name: '@paperzoo/benchmarks',
  api: 1,
  license: 'MIT',
  paper: { title: 'The machine’s own limits' },
  ops: [multiplyAdd, streamCopy],
  kernels: { wasm: () => Promise.resolve({ default: kernels as never }) },
});
