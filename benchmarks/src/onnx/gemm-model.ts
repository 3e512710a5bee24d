import { OnnxModel } from './model';

/** y[m, n] = x[m, k] · b[k, n] as a model; b is a constant, so that the runtime may prepack it. */
export function gemmModel(m: number, k: number, n: number, b: Float32Array): Uint8Array {
  const model = new OnnxModel();
  const y = model.node('MatMul', ['x', model.constant(b, { shape: [k, n], dtype: 'f32' })]);
  return model.encode(
    { name: 'x', spec: { shape: [m, k], dtype: 'f32' } },
    { name: y, spec: { shape: [m, n], dtype: 'f32' } },
  );
}
