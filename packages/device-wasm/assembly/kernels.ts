// The module of everything but matrix products and convolutions.
export { activationGrad } from './activation-grad';
export { adamw } from './adamw';
export { batchNormTrain, batchNormTrainGrad } from './batch-norm';
export { binaryFlat, binaryRows } from './binary';
export { cast } from './cast';
export { clipUnitNorm } from './clip';
export { compareFlat, compareRows, logicalNot, whereRows } from './compare';
export { copyRows, copyStrided, fill, pickRows, transpose } from './copy';
export { crossEntropy, crossEntropyGrad } from './cross-entropy';
export { gather, indexSelect, scatterAdd } from './gather';
export { batchNorm, layerNorm, rmsNorm } from './norm';
export { rowNormGrad } from './norm-grad';
export { pool, resample } from './pool';
export { maxPoolGrad } from './pool-grad';
export { argmax, cumsum, reduceColumns, reduceRows, sumI32 } from './reduce';
export { softmaxColumns, softmaxRows } from './softmax';
export {
  negF32, absF32, signF32, expF32, expm1F32, logF32, log1pF32, sqrtF32, rsqrtF32,
  sinF32, cosF32, tanhF32, sigmoidF32, erfF32, floorF32, roundF32, reluF32, geluF32, siluF32, hardsigmoidF32, hardswishF32,
  negI32, absI32, signI32, reluI32,
} from './unary';
