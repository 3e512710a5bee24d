import { OnnxModel } from './model';

/** y = x + b, elementwise, as a model; b is a constant. */
export function additionModel(b: Float32Array): Uint8Array {
  const model = new OnnxModel();
  const spec = { shape: [b.length], dtype: 'f32' } as const;
  const y = model.node('Add', ['x', model.constant(b, spec)]);
  return model.encode({ name: 'x', spec }, { name: y, spec });
}
