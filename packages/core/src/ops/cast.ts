import { attr } from '../attr';
import { defineOp, implement, tensor, type Sample } from '../op';

/** Another dtype: to integers towards zero and saturating (NaN gives 0), to bool whether not zero. Equal dtypes copy. */
export const cast = defineOp({
  name: 'cast',
  version: 1,
  inputs: [tensor('input', 'any')],
  attrs: { dtype: attr.oneOf(['f32', 'i32', 'u32', 'u8', 'bool']) },
  shape: ([x], { dtype }) => ({ shape: x.shape, dtype }),
  samples: (): Sample[] => [
    { name: 'to i32', ins: [{ shape: [5], fill: [-1.7, 2.5, 3e9, -3e9, 0] }], attrs: { dtype: 'i32' } },
    { name: 'to f32', ins: [{ shape: [19], dtype: 'i32', fill: 'index' }], attrs: { dtype: 'f32' } },
    { name: 'bytes', ins: [{ shape: [33], dtype: 'u8', fill: 'index' }], attrs: { dtype: 'f32' } },
    { name: 'to bool', ins: [{ shape: [4], fill: [0, -0.5, 2, 0] }], attrs: { dtype: 'bool' } },
    { name: 'from bool', ins: [{ shape: [9], dtype: 'bool', fill: 'index', below: 2 }], attrs: { dtype: 'f32' } },
    { name: 'to u8', ins: [{ shape: [4], fill: [-3, 255.9, 300, 7] }], attrs: { dtype: 'u8' } },
  ],
});
implement(cast, {
  vjp: ({ ins: [x], grads: [dy], attrs: { dtype } }) => [x.dtype === 'f32' && dtype === 'f32' ? dy : undefined],
});
