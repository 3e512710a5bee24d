export * from './unary';
export { add, sub, mul, div, pow, maximum, minimum, logaddexp } from './binary';
export * from './compare';
export * from './reduce';
export {
  reshape,
  permute,
  slice,
  sliceRange,
  pad,
  padOf,
  concat,
  expand,
  flip,
  transpose,
  flatten,
  split,
  stack,
} from './shape';
export * from './gather';
export { ACTIVATIONS, activate, type Activation } from './activation';
export * from './matmul';
export * from './conv';
export * from './norm';
export * from './pool';
export * from './cast';
export * from './attention';
export { axis, axes, broadcast } from './shapes';
