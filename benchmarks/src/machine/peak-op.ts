import { attr, defineKernel, defineOp, definePlugin, tensor } from '@paperzoo/core';
import { decodeBase64, type WasmContext } from '@paperzoo/device-wasm';
import { wasm } from '../generated/peak.wasm';

/** Floating-point operations of one round: 8 vectors of 4 lanes, a multiply and an add each. */
export const FLOPS_PER_ROUND = 64;

/** Runs `rounds` × 8 vector multiply-adds per row on 64 given floats; the result [rows, 4] only keeps the work alive. */
export const multiplyAdd = defineOp({
  name: 'bench.multiply_add',
  version: 1,
  inputs: [tensor('operands')],
  attrs: { rows: attr.int(), rounds: attr.int() },
  shape: (_ins, { rows }) => ({ shape: [rows, 4], dtype: 'f32' }),
  cost: (_ins, _outs, { rows, rounds }) => ({ flops: FLOPS_PER_ROUND * rounds * rows }),
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
    supports: ([x]) => x!.shape[0]! >= 64 || 'needs 64 floats',
    // The loop reads on both sides of its pointer, by turns.
    run: (ctx, [x], [out], { rows, rounds }: { rows: number; rounds: number }) =>
      ctx.parallel('multiplyAdd', rows, 1, out!.buffer, x!.buffer + 64, rounds),
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
