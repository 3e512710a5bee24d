// The module of this plugin's kernels.
export { adjoint, adjointBytes } from './adjoint';
export { backward, backwardBytes } from './backward';
export { chunked, chunkedBytes } from './forward';
export { recurrent } from './recurrent';
