import { definePlugin } from '@paperzoo/core';
import { baselineCards } from './models/baseline-cards';
import { efficientvitCards, fashionMnistCard } from './models/cards';
import { cascadedGroupAttention } from './ops/cascadedGroupAttention';

export { cascadedGroupAttention } from './ops/cascadedGroupAttention';
export { EfficientViT } from './models/efficientvit';
export type { EfficientViTConfig } from './models/efficientvit-config';
export { efficientvitVariants, type EfficientViTVariant } from './models/efficientvit-variants';
export { fuseEfficientViT, type FusedEfficientViT } from './models/fused';
export { EfficientViTFPN, type FpnOptions } from './models/detection/fpn';
export { MobileNetV3 } from './models/mobilenetv3/model';
export { MobileVit } from './models/mobilevit/model';
export { loadEfficientViTState, type StateOptions } from './load/efficientvit-state';
export type { BaselineModel, BaselineOptions } from './load/baseline';
export type { EfficientViTModel, EfficientViTOptions } from './load/efficientvit';
export {
  ImageModel,
  type ClassifyOptions,
  type ClassLabel,
  type ClassScore,
  type ImageGraph,
  type ImageInput,
} from './load/image-model';

export default definePlugin({
  name: '@paperzoo/efficientvit',
  api: 1,
  license: 'MIT',
  paper: {
    title: 'EfficientViT: Memory Efficient Vision Transformer with Cascaded Group Attention',
    authors: 'Xinyu Liu, Houwen Peng, Ningxin Zheng, Yuqing Yang, Han Hu, Yixuan Yuan',
    year: 2023,
    venue: 'CVPR',
    arxiv: '2305.07027',
    code: 'https://github.com/microsoft/Cream/tree/main/EfficientViT',
  },
  ops: [cascadedGroupAttention],
  kernels: { wasm: () => import('./kernels/wasm'), webgpu: () => import('./kernels/webgpu') },
  models: [...efficientvitCards, fashionMnistCard, ...baselineCards],
  claims: () => import('./claims'),
  namesakes: [
    {
      name: /^efficientvit_[bl]\d/,
      is: "MIT's EfficientViT (ReLU linear attention, arXiv 2205.14756), another network of the same name; this plugin has efficientvit_m0 to efficientvit_m5",
    },
  ],
});
