// The module of the layer's small ops: what stands between the products and the recurrence.
export { gateLogsigmoid, gateLogsigmoidGrad } from './gate-logsigmoid';
export { rmsNormGated, rmsNormGatedGrad, sumBlocks } from './rms-norm-gated';
export { swiglu, swigluGrad } from './swiglu';
