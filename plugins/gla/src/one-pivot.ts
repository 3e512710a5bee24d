import { definePlugin, type Plugin } from '@paperzoo/core';

/**
 * The plugin with the textbook chunked form, one pivot per chunk of 64 tokens whatever the gates, on wasm: it overflows under strong decay.
 * It exists so that the claim of numerical safety can show what it is safe from.
 */
export const withOnePivot = (plugin: Plugin): Plugin =>
  definePlugin({ ...plugin, kernels: { ...plugin.kernels, wasm: () => import('./kernels/one-pivot') } });
