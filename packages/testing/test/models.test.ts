import { describe, expect, test } from '@jest/globals';
import {
  definePlugin,
  ModelError,
  mean,
  linear,
  type ModelCard,
  type Plugin,
  type Tensor,
  type Zoo,
} from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import { conformModels, type CheckableModel, type HostWeight } from '../src/index';

const KEY = 'head.weight';
const CLASSES = 5;

/** A classifier of mean colours, made wrong in one way at a time. */
function specimen(wrong: {
  forward?: (zoo: Zoo, x: Tensor, weight: Tensor) => Tensor;
  card?: Partial<ModelCard>;
  keep?: boolean;
  careless?: boolean;
  lossy?: boolean;
}): Plugin {
  const load = (zoo: Zoo): Promise<CheckableModel> => {
    let values = Float32Array.from({ length: CLASSES * 3 }, (_, i) => Math.sin(i));
    let weight: Tensor | undefined;
    const forward = (x: Tensor): Tensor => {
      weight ??= zoo.tensor(values, { shape: [CLASSES, 3] });
      const w = weight;
      if (wrong.forward) return wrong.forward(zoo, x, w);
      return zoo.scope(() => linear(mean(x, { dim: [2, 3] }), w));
    };
    const dispose = () => {
      if (!wrong.keep) weight?.dispose();
    };
    return Promise.resolve({
      name: 'tiny',
      config: {},
      forward,
      module: {
        forward,
        namedParameters: () => new Map([[KEY, { shape: [CLASSES, 3] }]]),
        stateDict: () => Promise.resolve(new Map([[KEY, host(wrong.lossy ? values.map(Math.round) : values)]])),
        loadStateDict(state: ReadonlyMap<string, HostWeight>) {
          const given = state.get(KEY);
          if ((!given || state.size !== 1) && !wrong.careless) throw new ModelError('Keys do not fit.');
          if (given) values = new Float32Array(given.bytes.slice().buffer);
        },
      },
      dispose,
      [Symbol.dispose]: dispose,
    });
  };
  return definePlugin({
    name: '@t/models',
    api: 1,
    license: 'MIT',
    paper: { title: 'Colours' },
    models: [
      {
        name: 'tiny',
        task: 'image-classification',
        config: { imgSize: 8, numClasses: CLASSES },
        params: 15,
        macs: 15,
        load,
        ...wrong.card,
      },
    ],
  });
}
const host = (values: Float32Array): HostWeight => ({
  shape: [CLASSES, 3],
  dtype: 'F32',
  bytes: new Uint8Array(values.slice().buffer),
});

async function failures(plugin: Plugin): Promise<string> {
  const found: string[] = [];
  for (const { name, run } of conformModels(plugin, { devices: { cpu: cpu() } }))
    await run().catch((error: unknown) => found.push(`${name}: ${String(error)}`));
  return found.join('\n');
}

describe('the kit for models', () => {
  test('passes one that keeps its contract', async () => {
    expect(await failures(specimen({}))).toBe('');
    const names = conformModels(specimen({}), { devices: { a: cpu(), b: cpu() } }).map((c) => c.name);
    expect(names).toContain('b · tiny · agrees with float64');
    expect(new Set(names).size).toBe(names.length);
  });

  let calls = 0;
  test.each<[string, Parameters<typeof specimen>[0], RegExp]>([
    ['a wrong number of classes', { card: { config: { imgSize: 8, numClasses: 7 } } }, /expected \[2,7\]/],
    ['another parameter count', { card: { params: 14 } }, /card says 14 parameters, the module has 15/],
    ['another count of multiply-adds', { card: { macs: 16 } }, /card says 16 multiply-adds, a trace counts 15/],
    ['weights that are kept', { keep: true }, /after dispose: tensors is 1/],
    ['an answer that is not finite', { forward: (z, x) => z.full([x.shape[0]!, CLASSES], NaN) }, /output 0 is NaN/],
    ['an answer that drifts', { forward: (z, x) => z.full([x.shape[0]!, CLASSES], calls++) }, /a second call/],
    [
      'an answer that depends on the batch',
      { forward: (z, x) => z.full([x.shape[0]!, CLASSES], x.shape[0]!) },
      /image alone/,
    ],
    ['tensors left on the way', { forward: (z, x, w) => linear(mean(x, { dim: [2, 3] }), w) }, /tensors is/],
    ['another answer than float64', { forward: (z, x, w) => z.scope(() => linear(mean(x, { dim: [2, 3] }).mul(z.device.caps.info.precision === 'f64' ? 1.01 : 1), w)) }, /from float64/], // prettier-ignore
    ['unknown keys that are taken', { careless: true }, /without a key is not refused/],
    ['values that change on the way', { lossy: true }, /"head.weight" changed on the way/],
    ['a model without a module', { card: { load: () => Promise.resolve({ name: '', config: {}, dispose: () => undefined, [Symbol.dispose]: () => undefined }) } }, /must have forward/], // prettier-ignore
  ])('finds %s', async (_, wrong, message) => {
    expect(await failures(specimen(wrong))).toMatch(message);
  });
});
