// Our own lanes: on the adapter in a page, and in Node where the package `webgpu` finds one.
import { createZoo, graphCost, matmul, type Device, type Spec, type Tensor, type Zoo } from '@paperzoo/core';
import { profileCall, webgpu } from '@paperzoo/device-webgpu';
import type { ImageModel } from '@paperzoo/efficientvit';
import type { GLALanguageModel } from '@paperzoo/gla';
import type { KernelTime } from '../problem';
import type { Inputs } from './inputs';
import type { Lane } from './lane';
import { finish } from './limits';

/** A zoo on the strongest adapter. Rejects with `DeviceError` where there is none. */
export async function openAdapterZoo(): Promise<Zoo> {
  return createZoo({ device: webgpu({ powerPreference: 'high-performance' }), log: () => undefined });
}

export const blockingCompilations = (zoo: Zoo): number =>
  (zoo.device as Device & { readonly blockingCompilations: number }).blockingCompilations;

export interface OurLane extends Lane {
  /** Floating-point operations of one call. */
  readonly flops: number;
}

/** Loads what a problem needs onto the zoo and compiles it. What it makes goes with the zoo. */
export async function ourLane(zoo: Zoo, inputs: Inputs): Promise<OurLane> {
  const parts = await prepareLane(zoo, inputs);
  const lane = { id: 'paperzoo', label: 'paperzoo', ...parts, dispose: () => undefined };
  await zoo.prepare(() => lane.run(1));
  return lane;
}

async function prepareLane(zoo: Zoo, inputs: Inputs): Promise<Pick<OurLane, 'run' | 'output' | 'flops'>> {
  if (inputs.kind === 'gemm') {
    const { side, a, b } = inputs;
    const x = zoo.tensor(a, { shape: [side, side] });
    const w = zoo.tensor(b, { shape: [side, side] }).persist();
    return {
      flops: 2 * side ** 3,
      run: (calls) => finish(calls, () => matmul(x, w)),
      async output() {
        const y = matmul(x, w);
        const data = await y.data();
        y.dispose();
        return data as Float32Array;
      },
    };
  }
  const { output, flops } = inputs.kind === 'image' ? await image(zoo, inputs) : await tokens(zoo, inputs);
  // A call of a model ends when its answer has been read.
  return {
    ...{ output, flops },
    async run(calls) {
      for (let i = 0; i < calls; i++) await output();
    },
  };
}

async function image(zoo: Zoo, { model, values }: Extract<Inputs, { kind: 'image' }>) {
  await zoo.use((await import('@paperzoo/efficientvit')).default);
  const network = await zoo.prepare(() => zoo.load<ImageModel>(model.name, { weights: model.weights }));
  const x = zoo.tensor(values, { shape: model.shape });
  return {
    flops: flopsOf(zoo, network.graphs().forward.fn, { shape: model.shape, dtype: 'f32' }),
    async output() {
      const logits = network.forward(x);
      const data = await logits.data();
      logits.dispose();
      return data as Float32Array;
    },
  };
}

async function tokens(zoo: Zoo, { model, values }: Extract<Inputs, { kind: 'tokens' }>) {
  await zoo.use((await import('@paperzoo/gla')).default);
  const language = await zoo.prepare(() => zoo.load<GLALanguageModel>(model.name, { weights: model.weights }));
  const ids = Array.from(values);
  return {
    flops: flopsOf(zoo, language.graphs().prefill.fn, { shape: model.shape, dtype: 'i32' }),
    async output() {
      const { logits, state } = language.prefill(ids);
      const data = await logits.data();
      logits.dispose();
      state.dispose();
      return data as Float32Array;
    },
  };
}

const flopsOf = (zoo: Zoo, fn: (x: Tensor) => Tensor | readonly Tensor[], spec: Spec): number =>
  graphCost(zoo.trace((x) => fn(x!), [spec])).flops;

/** One call by kernel, longest first; the reason where the adapter has no clock. */
export async function kernelTimes(zoo: Zoo, lane: Pick<Lane, 'run'>): Promise<readonly KernelTime[] | string> {
  try {
    const { rows } = await profileCall(zoo, () => lane.run(1));
    const times = new Map<string, { kernel: string; dispatches: number; ms: number }>();
    for (const { kernel, dispatches, ms } of rows) {
      const so = times.get(kernel) ?? { kernel, dispatches: 0, ms: 0 };
      times.set(kernel, { kernel, dispatches: so.dispatches + dispatches, ms: so.ms + ms });
    }
    return [...times.values()].sort((x, y) => y.ms - x.ms);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
