// The module of everything but matrix products and convolutions.
export { binaryFlat, binaryRows } from './binary';
export { cast } from './cast';
export { compareFlat, compareRows, logicalNot, whereRows } from './compare';
export { copyRows, copyStrided, fill, pickRows, transpose } from './copy';
export { gather, indexSelect, scatterAdd } from './gather';
export { batchNorm, layerNorm, rmsNorm } from './norm';
export { pool, resample } from './pool';
export { argmax, cumsum, reduceColumns, reduceRows, sumI32 } from './reduce';
export { softmaxColumns, softmaxRows } from './softmax';
export { unary, unaryI32 } from './unary';
