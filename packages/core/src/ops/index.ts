export * from './unary';
export { add, sub, mul, div, pow, maximum, minimum, logaddexp } from './binary';
export * from './compare';
export * from './reduce';
export {
  reshape,
  detach,
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
export { activate } from './activation';
export { activationGrad } from './activation-grad';
export { ACTIVATIONS, type Activation } from './activations';
export * from './matmul';
export * from './conv';
export { conv2dInputGrad, conv2dWeightGrad } from './conv-grad';
export * from './norm';
export { layerNormGrad, rmsNormGrad } from './norm-grad';
export * from './batch-norm-train';
export * from './loss';
export { crossEntropyGrad } from './loss-grad';
export { adamwStep } from './adamw-step';
export { clipUnitNorm } from './clip-unit-norm';
export { maxPool2dGrad } from './pool-grad';
export * from './pool';
export * from './cast';
export { attention } from './attention';
export { attentionGrad } from './attention-grad';
export { axis, axes, broadcast } from './shapes';
