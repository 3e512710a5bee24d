import { narrowToF16, type WritableTensor } from '@paperzoo/hub';
import type { HostTensor } from '@paperzoo/nn';

const LARGEST_HALF = 65504;

/** A state with its matrices in half precision. Vectors (biases, norms, statistics) stay as they are: they are small and may have any range. */
export function halved(state: ReadonlyMap<string, HostTensor>): Map<string, WritableTensor> {
  return new Map(
    [...state].map(([key, tensor]): [string, WritableTensor] => {
      if (tensor.dtype !== 'F32' || tensor.shape.length < 2) return [key, tensor];
      const values = tensor.toF32();
      if (values.some((value) => Math.abs(value) > LARGEST_HALF)) return [key, tensor];
      return [key, { shape: tensor.shape, dtype: 'F16', data: narrowToF16(values) }];
    }),
  );
}
