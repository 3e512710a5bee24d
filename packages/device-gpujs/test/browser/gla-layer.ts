// One layer of gated linear attention through composites: a few tokens at once, then one more behind their state.
import { createZoo, type DeviceFactory } from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import gla, { GatedLinearAttention } from '@paperzoo/gla';
import { gpujs, type GpujsMode } from '../../src/index';

const [B, T, D] = [2, 4, 8];

/** Outputs of all tokens and the last state, and what is left when all is given back. */
async function compute(device: DeviceFactory) {
  const zoo = await createZoo({ device, plugins: [gla], log: () => undefined });
  const options = { hiddenSize: D, numHeads: 2, gateLowRankDim: 4, useShortConv: true, convSize: 3 };
  const layer = new GatedLinearAttention(options);
  const weights = [...layer.namedParameters()].map(([name, { shape, size }], k) => {
    const values = Float32Array.from({ length: size }, (_, i) => Math.sin(1.3 * i + k));
    return [name, zoo.tensor(values, { shape: [...shape] })] as const;
  });
  layer.loadStateDict(Object.fromEntries(weights));
  const values = Float32Array.from({ length: B * T * D }, (_, i) => Math.sin(i / 3));
  const x = zoo.tensor(values, { shape: [B, T, D] });
  const [first, second, state] = zoo.scope(() => {
    const read = layer(x.slice(1, 0, T - 1));
    const next = layer(x.slice(1, T - 1, T), { state: read.state });
    return [read.y, next.y, next.state.recurrent];
  });
  const read = {
    first: [...(await first.data())],
    second: [...(await second.data())],
    state: [...(await state.data())],
  };
  for (const owner of [layer, x, first, second, state, ...weights.map(([, weight]) => weight)]) owner.dispose();
  const { tensors, bytes } = zoo.memory();
  await zoo.dispose();
  return { read, left: { tensors, bytes } };
}

/** The largest difference from the reference device, relative to the largest element, by name. */
async function runGlaLayer(mode: GpujsMode) {
  const { read: wanted } = await compute(cpu());
  const { read, left } = await compute(gpujs({ mode }));
  const errors = Object.entries(wanted).map(([name, values]) => {
    const got = read[name as keyof typeof read];
    const off = Math.max(...values.map((value, i) => Math.abs(value - got[i]!)));
    return [name, off / Math.max(...values.map(Math.abs))] as const;
  });
  return { errors: Object.fromEntries(errors), left };
}

Object.assign(globalThis, { runGlaLayer, ready: true });
