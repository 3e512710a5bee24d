import { ModelError, ShapeError, type Tensor } from '@paperzoo/core';
import { Module } from '@paperzoo/nn';
import { NormLinear } from './blocks/norm-linear';
import { PatchEmbed } from './blocks/patch-embed';
import { EfficientViTStage } from './blocks/stage';
import { checkConfig, stageResolutions, type EfficientViTConfig } from './efficientvit-config';

/**
 * EfficientViT (Liu et al., CVPR 2023), as the paper writes it: patch embedding, three stages, pooled head. Maps are [B, C, H, W]. For
 * training and as the reference of the faster inference graph (`fuseEfficientViT`). State-dict keys are timm's (`efficientvit_msra.py`).
 */
export class EfficientViT extends Module {
  readonly patch_embed: PatchEmbed;
  readonly stages: readonly EfficientViTStage[];
  readonly head: NormLinear | undefined;
  readonly head_dist: NormLinear | undefined;

  constructor(readonly config: EfficientViTConfig) {
    checkConfig(config);
    super();
    const { embedDim, imgSize, numClasses } = config;
    const sides = imgSize === null ? undefined : stageResolutions(imgSize, embedDim.length);
    this.patch_embed = new PatchEmbed(config.inChans, embedDim[0]!);
    this.stages = embedDim.map(
      (channels, i) =>
        new EfficientViTStage({
          inChannels: embedDim[i - 1] ?? channels,
          outChannels: channels,
          downsample: i > 0,
          depth: config.depth[i]!,
          keyDim: config.keyDim[i]!,
          numHeads: config.numHeads[i]!,
          windowSize: config.windowSize[i]!,
          kernels: config.kernels,
          resolution: sides ? sides[i]! : null,
        }),
    );
    const classifier = () => (numClasses > 0 ? new NormLinear(embedDim.at(-1)!, numClasses) : undefined);
    this.head = classifier();
    this.head_dist = config.distillation ? classifier() : undefined;
  }

  /** Logits [B, numClasses]; without a classifier the pooled features [B, C], or the last map when `globalPool` is ''. */
  forward(x: Tensor): Tensor {
    return this.forwardHead(this.forwardFeatures(x));
  }

  /** The last stage's map [B, C, H/64, W/64]. */
  forwardFeatures(x: Tensor): Tensor {
    checkInput(this.config, x);
    return this.stages.reduce((y, stage) => stage(y), this.patch_embed(x));
  }

  /** The maps of the stages with these indices (default: all), strides 16, 32 and 64. */
  forwardIntermediates(x: Tensor, indices: readonly number[] = this.stages.map((_, i) => i)): Tensor[] {
    checkInput(this.config, x);
    const wanted = checkIndices(indices, this.stages.length);
    const maps: Tensor[] = [];
    let y = this.patch_embed(x);
    for (const stage of this.stages) maps.push((y = stage(y)));
    return wanted.map((i) => maps[i]!);
  }

  /** From the last map to the logits; `preLogits` stops after pooling. */
  forwardHead(map: Tensor, { preLogits = false } = {}): Tensor {
    const { globalPool } = this.config;
    const pooled = globalPool === 'avg' ? map.mean([2, 3]) : map;
    if (preLogits || !this.head) return pooled;
    if (!this.head_dist) return this.head(pooled);
    if (this.training) {
      throw new ModelError('EfficientViT: a distilled model has two outputs in train mode.', {
        remedy: 'Use forwardPair.',
      });
    }
    return this.head(pooled).add(this.head_dist(pooled)).mul(0.5);
  }

  /** Logits of the classifier and of the distillation head, for training with a teacher. */
  forwardPair(x: Tensor): [Tensor, Tensor] {
    if (!this.head || !this.head_dist) throw new ModelError('EfficientViT: this model has no distillation head.');
    const pooled = this.forwardFeatures(x).mean([2, 3]);
    return [this.head(pooled), this.head_dist(pooled)];
  }
}

/** Refuses inputs of another size than the model was built for, channels first. */
export function checkInput({ imgSize, inChans }: EfficientViTConfig, x: Tensor): void {
  const [, channels, height, width] = x.shape;
  const fits = imgSize === null || (height === imgSize && width === imgSize);
  if (x.shape.length === 4 && channels === inChans && fits) return;
  const side = imgSize ?? 'any';
  throw new ShapeError(
    `EfficientViT: input must be [batch, ${inChans}, ${side}, ${side}], got [${x.shape.join(', ')}].`,
    {
      op: 'efficientvit',
      argument: 'input',
      expected: ['batch', inChans, side, side],
      got: x.shape,
      ...(imgSize === null ? {} : { remedy: 'Resize the image, or build the model with another imgSize.' }),
    },
  );
}

/** Stage numbers, negative ones from the end. */
export function checkIndices(indices: readonly number[], stages: number): number[] {
  return indices.map((i) => {
    const at = i < 0 ? i + stages : i;
    if (Number.isInteger(at) && at >= 0 && at < stages) return at;
    throw new ModelError(`EfficientViT: there is no stage ${i}; stages are 0 to ${stages - 1}.`, {
      argument: 'indices',
      expected: `0 to ${stages - 1}`,
      got: i,
    });
  });
}
