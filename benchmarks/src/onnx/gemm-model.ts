import { matmul } from '@paperzoo/core';
import { functionModel } from './function-model';

/** y[m, n] = x[m, k] · b[k, n] as a model; b is a constant, so that the runtime may prepack it. */
export const gemmModel = (m: number, k: number, n: number, b: Float32Array): Promise<Uint8Array> =>
  functionModel({ shape: [m, k], dtype: 'f32' }, (zoo) => {
    const constant = zoo.tensor(b, { shape: [k, n] });
    return (x) => matmul(x, constant);
  });
