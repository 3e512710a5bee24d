import type { Tensor, Zoo } from '@paperzoo/core';
import { hostTensor, type HostTensor } from '@paperzoo/nn';
import { EfficientViT, fuseEfficientViT, type EfficientViTConfig } from '../../src/index';
import { truth, type Check } from '../harness/check';
import { det } from '../harness/det';
import type { OwnRunner } from '../harness/runner';
import { TINY } from '../tiny';

/** A module with values everywhere: norms that scale and shift, tables that are not zero. */
export function filled(config: EfficientViTConfig): EfficientViT {
  const module = new EfficientViT(config).initialize({ seed: 1 });
  const state = new Map<string, HostTensor>();
  for (const [key, { shape }] of module.namedParameters()) {
    if (key.endsWith('bn.weight')) state.set(key, hostTensor(shape, det([key, shape, 0.25, 1])));
    if (key.endsWith('bias') || key.endsWith('biases')) state.set(key, hostTensor(shape, det([key, shape, 0.2, 0])));
  }
  for (const [key, { shape }] of module.namedState()) {
    if (key.endsWith('running_mean')) state.set(key, hostTensor(shape, det([key, shape, 0.3, 0])));
    if (key.endsWith('running_var')) state.set(key, hostTensor(shape, det([key, shape, 0.4, 1])));
  }
  module.loadStateDict(state, { strict: false });
  return module;
}

/** Largest difference over the largest magnitude, held against float32's rounding through a network. */
async function near(output: string, a: Tensor, b: Tensor): Promise<Check> {
  if (a.shape.join() !== b.shape.join()) return truth(output, false, `${a.shape.join()} and ${b.shape.join()}`);
  const [x, y] = [await a.data(), await b.data()] as [Float32Array, Float32Array];
  const scale = y.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const worst = x.reduce((most, v, i) => Math.max(most, Math.abs(v - y[i]!)), 0) / scale;
  const ratio = Number.isFinite(worst) ? worst / 5e-6 : Infinity;
  return { output, ratio, detail: `${worst.toExponential(2)} of the largest magnitude` };
}

const image = (zoo: Zoo, shape: readonly number[]) => zoo.tensor(det(['image', shape, 1, 0]), { shape });

/** The inference graph gives what the module gives: result, stage maps, and the last map by itself. */
const equal =
  (config: EfficientViTConfig, shape: readonly number[]): OwnRunner =>
  async ({ zoo }) => {
    const module = filled(config);
    const fused = await fuseEfficientViT(zoo, module);
    const x = image(zoo, shape);
    const y = zoo.scope(() => module(x));
    const z = fused.forward(x);
    const maps = zoo.scope(() => module.forwardIntermediates(x));
    const fusedMaps = fused.forwardIntermediates(x);
    const last = fused.forwardFeatures(x);
    const [alone, among] = [await last.data(), await fusedMaps[2]!.data()];
    const checks = [
      await near('forward', z, y),
      ...(await Promise.all(fusedMaps.map((map, i) => near(`stages.${i}`, map, maps[i]!)))),
      truth('maps', fusedMaps.length === 3, `${fusedMaps.length} maps instead of 3`),
      truth('forwardFeatures', alone.every((v, i) => v === among[i]), 'not the bits of the last stage map'), // prettier-ignore
    ];
    for (const owned of [x, y, z, last, ...maps, ...fusedMaps, module, fused]) owned.dispose();
    return checks;
  };

/** Folding reads values back that already went to the device. */
const fromDevice: OwnRunner = async ({ zoo }) => {
  const module = filled(TINY);
  const x = image(zoo, [1, 3, 112, 112]);
  const y = zoo.scope(() => module(x));
  const fused = await fuseEfficientViT(zoo, module);
  const z = fused.forward(x);
  const checks = [await near('forward', z, y)];
  for (const owned of [x, y, z, module, fused]) owned.dispose();
  return checks;
};

/** The inference graph against the module, in every form that a configuration can take. */
export const fusedCases: Readonly<Record<string, OwnRunner>> = {
  'inference graph: windows without padding': equal(TINY, [2, 3, 112, 112]),
  'inference graph: padded windows': equal({ ...TINY, imgSize: 160 }, [1, 3, 160, 160]),
  'inference graph: one input channel, wide keys': equal({ ...TINY, inChans: 1, keyDim: [8, 16, 2] }, [1, 1, 112, 112]),
  'inference graph: distilled': equal({ ...TINY, distillation: true }, [1, 3, 112, 112]),
  'inference graph: any size, maps smaller than the window': equal(
    { ...TINY, imgSize: null, numClasses: 0 },
    [1, 3, 96, 176],
  ),
  'inference graph: no classifier, no pooling': equal({ ...TINY, numClasses: 0, globalPool: '' }, [1, 3, 112, 112]),
  'inference graph: from values on the device': fromDevice,
};
