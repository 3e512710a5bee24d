// The module of this plugin's kernels.
export { backward, backwardBytes } from './backward';
export { chunked, chunkedBytes } from './forward';
export { recurrent } from './recurrent';
