// The module of matrix products and convolutions.
export { gemm, gemmPanels } from './gemm';
export { fewColumns, fewRows, isFew } from './gemm-few';
export { gemmBatch } from './gemm-batch';
export { packColumns, packConv, packRows } from './gemm-pack';
export { transposeRows } from './gemm-transpose';
export { conv, convPatches } from './conv';
export { gateRows } from './gate';
export { depthwise, packDepthwise } from './depthwise';
