// The device's kernels for everything but matrix products and convolutions.
export { unary, unaryI32 } from './unary';
