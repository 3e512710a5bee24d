import { DeviceError, ShapeError, type Tensor, type Zoo } from '@paperzoo/core';

function doublesOf(tensor: Tensor): Float64Array {
  if (tensor.buffer instanceof Float64Array) return tensor.buffer;
  throw new DeviceError("Exact values exist only for f32 tensors on cpu({ precision: 'f64' }).", {
    got: `${tensor.zoo.device.name}, ${tensor.dtype}`,
  });
}

/** Elements of an f32 tensor on `cpu({ precision: 'f64' })` as the doubles that they are; `data()` would round them. */
export function exactData(tensor: Tensor): Float64Array {
  return doublesOf(tensor).slice(0, tensor.size);
}

/** An f32 tensor on `cpu({ precision: 'f64' })` that holds these doubles unrounded; for finite differences. */
export function exactTensor(zoo: Zoo, values: Float64Array, shape: readonly number[] = [values.length]): Tensor {
  const tensor = zoo.zeros(shape);
  if (tensor.size !== values.length) {
    tensor.dispose();
    throw new ShapeError(`exactTensor: shape [${shape.join(', ')}] does not hold ${values.length} elements.`, {
      argument: 'shape',
      expected: values.length,
      got: shape,
    });
  }
  doublesOf(tensor).set(values);
  return tensor;
}
