import { defineKernel, type Kernel } from '@paperzoo/core';
import type { WasmContext } from '@paperzoo/device-wasm';
import { wasm } from '../generated/cascade.wasm';
import { cascadedGroupAttention } from '../ops/cascadedGroupAttention';

interface Attrs {
  readonly window: number;
  readonly keyDim: number;
  readonly kernels: readonly number[];
}

function decode(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}

/** All heads of a window in one call: nothing but the concatenated result leaves the first-level caches. */
const cascade = defineKernel<number, WasmContext>(cascadedGroupAttention, {
  id: 'efficientvit.cascaded_group_attention/wasm-simd',
  device: 'wasm',
  module: () => decode(wasm),
  run(ctx, ins, [y], { window, keyDim, kernels }: Attrs) {
    const [x, qkvWeight, qkvBias, dwWeight, dwBias, bias] = ins as [
      typeof y,
      typeof y,
      typeof y,
      typeof y,
      typeof y,
      typeof y,
    ];
    const [images, height, width, channels] = x!.shape as readonly [number, number, number, number];
    const [heads, columns, perHead] = qkvWeight!.shape as readonly [number, number, number];
    const tokens = window * window;
    const padded = (tokens + 3) & ~3;
    const weights = ctx.packed(qkvWeight!, 'cascade-qkv', heads * Math.ceil(columns / 8) * perHead * 32, (to) =>
      ctx.exports.packHeads!(0, heads, columns, perHead, qkvWeight!.buffer, to),
    );
    const table = ctx.packed(bias!, 'cascade-bias', heads * tokens * padded * 4, (to) =>
      ctx.exports.packBias!(0, heads * tokens, tokens, bias!.buffer, to),
    );
    const rows = Math.ceil(height / window);
    const across = Math.ceil(width / window);
    const total = images * rows * across;
    const grain = Math.ceil(total / ctx.threads);
    const bytes = ctx.exports.cascadeBytes!(window, channels, heads, keyDim);
    const sides = ctx.scratch(heads * 4);
    const scratch = ctx.scratch(bytes * Math.ceil(total / grain));
    ctx.i32.set(kernels.slice(0, heads), sides >> 2);
    ctx.parallel(
      'cascade',
      total,
      grain,
      ...[grain, x!.buffer, y!.buffer, height, width, channels, window, rows, across, heads, keyDim],
      ...[sides, weights, qkvBias!.buffer, dwWeight!.buffer, dwBias!.buffer, table, scratch],
    );
  },
});

export default [cascade] as unknown as readonly Kernel<never, never>[];
