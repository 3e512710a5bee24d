import { definePlugin } from '@paperzoo/core';
import { glaCards } from './models/cards';
import { gateLogsigmoid } from './ops/gate-logsigmoid';
import { gateLogsigmoidGrad } from './ops/gate-logsigmoid-grad';
import { gla } from './ops/gla';
import { glaGrad } from './ops/gla-grad';
import { rmsNormGated } from './ops/rms-norm-gated';
import { rmsNormGatedGrad } from './ops/rms-norm-gated-grad';
import { shortConv1d } from './ops/short-conv1d';
import { swiglu } from './ops/swiglu';
import { swigluGrad } from './ops/swiglu-grad';

export { gateLogsigmoid } from './ops/gate-logsigmoid';
export { gla } from './ops/gla';
export { glaGrad } from './ops/gla-grad';
export type { GateKind } from './ops/gla-shapes';
export { withOnePivot } from './one-pivot';
export * from './family/index';
export type { GateActivation } from './ops/gate-activation';
export { rmsNormGated } from './ops/rms-norm-gated';
export { shortConv1d } from './ops/short-conv1d';
export { swiglu } from './ops/swiglu';
export {
  GatedLinearAttention,
  type FeatureMap,
  type GatedLinearAttentionOptions,
  type LayerCall,
  type LayerOutput,
} from './models/gated-linear-attention';
export { glaConfig, type GLAConfig } from './models/gla-config';
export { GLAForCausalLM, type CausalLMCall, type CausalLMOutput } from './models/gla-for-causal-lm';
export { GLAState } from './models/gla-state';
export type { KeyValueState, LayerState, RecurrentState } from './models/layer-state';
export type { AttentionMask } from './models/packing';
export { SoftmaxAttention } from './models/softmax-attention';
export type { SoftmaxLayers } from './models/softmax-layers';
export type { GLAOptions } from './load/gla';
export { GLALanguageModel, type ReadOptions, type TokenIds } from './load/language-model';
export type { CompiledLanguageModel, TokenExecutor } from './generate/compiled';
export type { GeneratedToken, GenerateOptions, Prompt } from './generate/generate';
export type { TokenGraph } from './load/token-graphs';
export type { SamplingOptions } from './generate/sampler';
export type { TextTokenizer } from './generate/tokenizer';

export default definePlugin({
  name: '@paperzoo/gla',
  api: 1,
  license: 'MIT',
  paper: {
    title: 'Gated Linear Attention Transformers with Hardware-Efficient Training',
    authors: 'Songlin Yang, Bailin Wang, Yikang Shen, Rameswar Panda, Yoon Kim',
    year: 2024,
    venue: 'ICML',
    arxiv: '2312.06635',
    code: 'https://github.com/fla-org/flash-linear-attention',
  },
  ops: [
    gla,
    glaGrad,
    gateLogsigmoid,
    gateLogsigmoidGrad,
    rmsNormGated,
    rmsNormGatedGrad,
    shortConv1d,
    swiglu,
    swigluGrad,
  ],
  models: glaCards,
  kernels: {
    cpu: () => import('./kernels/cpu'),
    wasm: () => import('./kernels/wasm'),
    webgpu: () => import('./kernels/webgpu'),
  },
  claims: () => import('./claims'),
  benchmarks: () => import('./bench'),
});
