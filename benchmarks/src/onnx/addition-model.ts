import { add } from '@paperzoo/core';
import { functionModel } from './function-model';

/** y = x + b, elementwise, as a model; b is a constant. */
export const additionModel = (b: Float32Array): Promise<Uint8Array> =>
  functionModel({ shape: [b.length], dtype: 'f32' }, (zoo) => {
    const constant = zoo.tensor(b);
    return (x) => add(x, constant);
  });
