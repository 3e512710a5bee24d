// The module of matrix products and convolutions.
export { gemm, gemmPanels } from './gemm';
export { fewColumns, fewRows, isFew } from './gemm-few';
export { gemmBatch } from './gemm-batch';
export { gemmTurned, turnedBytes } from './gemm-turned';
export { packColumns, packConv, packRows } from './gemm-pack';
export { transposeRows } from './gemm-transpose';
export { attention, attentionBlocks, attentionBytes } from './attention';
export { addParts, attentionGrad, attentionGradBlocks, attentionGradBytes } from './attention-grad';
export { conv, convPatches } from './conv';
export { gateRows } from './gate';
export { depthwise, packDepthwise } from './depthwise';
export { channelsFirst, packPlanes, pointwisePlanes, turnImages } from './planes';
export { convGradPatches, convInputGrad } from './conv-input-grad';
export { convWeightGrad } from './conv-weight-grad';
export { depthwiseInputGrad, depthwiseWeightGrad, unpackDepthwise } from './depthwise-grad';
