import type { ModelCard } from '@paperzoo/core';
import type { BaselineModel, BaselineOptions } from '../load/baseline';

const load: ModelCard<BaselineModel, BaselineOptions>['load'] = async (zoo, card, options) =>
  (await import('../load/baseline')).loadBaseline(zoo, card, options);

const accuracy = (top1: number, top5: number, size: number): ModelCard['metrics'] => {
  const source = `timm's evaluation on ImageNet-1k, ${size} px, centre crop`;
  return { top1: { value: top1, source }, top5: { value: top5, source } };
};

/** The networks that the paper compares with, under timm's names. Multiply-adds are for `size` × `size` inputs. */
export const baselineCards: readonly ModelCard<BaselineModel, BaselineOptions>[] = [
  {
    name: 'mobilenetv3_large_100.ra_in1k',
    task: 'image-classification',
    config: {
      numClasses: 1000,
      size: 224,
      cropPct: 0.875,
      interpolation: 'bicubic',
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225],
    },
    license: 'Apache-2.0',
    hub: { repo: 'timm/mobilenetv3_large_100.ra_in1k', file: 'model.safetensors' },
    metrics: accuracy(75.784, 92.528, 224),
    params: 5_483_032,
    macs: 216_589_760,
    load,
  },
  {
    name: 'mobilevit_xxs.cvnets_in1k',
    task: 'image-classification',
    config: {
      numClasses: 1000,
      size: 256,
      cropPct: 0.9,
      interpolation: 'bicubic',
      // CVNets feeds plain values between 0 and 1.
      mean: [0, 0, 0],
      std: [1, 1, 1],
    },
    license: 'cvnets-license',
    hub: { repo: 'timm/mobilevit_xxs.cvnets_in1k', file: 'model.safetensors' },
    metrics: accuracy(68.936, 88.942, 256),
    params: 1_272_024,
    macs: 407_364_096,
    load,
  },
];
