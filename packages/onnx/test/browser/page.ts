import { add, createZoo, matmul, relu, softmax, type GraphSource, type Tensor } from '@paperzoo/core';
import { cpu } from '@paperzoo/device-cpu';
import { ort, type OrtBackend } from '../../src/index';

/** What a page tells of a model that onnxruntime runs in it. */
export interface PageReport {
  /** Largest difference from the zoo's own result. */
  readonly difference: number;
  /** The state after the last step, read from where onnxruntime holds it. */
  readonly state: readonly number[];
  /** Tensors that a run leaves behind in the zoo. */
  readonly left: number;
}

declare global {
  var runModel: (backend: OrtBackend) => Promise<PageReport>;
  var codeOf: (backend: OrtBackend) => Promise<string>;
}

const STEPS = 5;

globalThis.runModel = async (backend) => {
  const zoo = await createZoo({ device: cpu() });
  const weight = zoo.tensor(Array.from({ length: 64 }, (_, i) => Math.sin(i)), { shape: [8, 8] }); // prettier-ignore
  const step: GraphSource<(x: Tensor, state: Tensor) => readonly Tensor[]> = {
    fn: (x, state) => [softmax(relu(matmul(add(x, state), weight)), { dim: -1 }), add(x, state)],
    inputs: [
      { name: 'x', shape: ['N', 8], dtype: 'f32' },
      { name: 'state', shape: ['N', 8], dtype: 'f32' },
    ],
    outputs: ['y', 'next'],
  };
  const executor = ort({ backend, wasmPaths: new URL('/ort/', location.href).href });
  const compiled = await zoo.compile(step, { executor, held: ['next'] });
  const x = zoo.tensor(Array.from({ length: 16 }, (_, i) => i / 8), { shape: [2, 8] }); // prettier-ignore
  const zero = zoo.zeros([2, 8]);
  const { tensors } = zoo.memory();
  const expected = zoo.scope(() => step.fn(x, zero)) as readonly [Tensor, Tensor];
  const wanted = await expected[0].data();
  for (const each of expected) each.dispose();
  let [y, state] = await compiled.run([x, zero]);
  const got = await y!.data();
  const difference = Math.max(...Array.from(wanted, (value, i) => Math.abs(value - got[i]!)));
  for (let n = 1; n < STEPS; n++) {
    const [next, after] = await compiled.run([x, state!]);
    for (const old of [y!, state!]) old.dispose();
    [y, state] = [next, after];
  }
  const values = Array.from(await state!.data());
  for (const each of [y!, state!]) each.dispose();
  await compiled.dispose();
  const left = zoo.memory().tensors - tensors;
  // Used to the end: what is forgotten is freed, and would be missing from the count.
  for (const each of [x, zero, weight]) each.dispose();
  await zoo.dispose();
  return { difference, state: values, left };
};

globalThis.codeOf = (backend) =>
  globalThis.runModel(backend).then(
    () => 'none',
    (error: { code: string }) => error.code,
  );

Object.assign(globalThis, { ready: true });
