import type { Tensor } from '@paperzoo/core';
import { Module } from '@paperzoo/nn';
import { EfficientViTBlock } from './block';
import { Downsample } from './downsample';
import type { LocalWindowAttentionOptions } from './local-window-attention';

export interface StageOptions extends LocalWindowAttentionOptions {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly depth: number;
  /** False for the first stage, which keeps its map. */
  readonly downsample: boolean;
}

/** One stage: an optional halving of the map, then `depth` blocks. `resolution` is the side after it. Keys `downsample`, `blocks.i`. */
export class EfficientViTStage extends Module {
  readonly downsample: Downsample | undefined;
  readonly blocks: readonly EfficientViTBlock[];

  constructor({ inChannels, outChannels, depth, downsample, ...attention }: StageOptions) {
    super();
    this.downsample = downsample ? new Downsample(inChannels, outChannels) : undefined;
    this.blocks = Array.from({ length: depth }, () => new EfficientViTBlock(outChannels, attention));
  }

  forward(x: Tensor): Tensor {
    const start = this.downsample ? this.downsample(x) : x;
    return this.blocks.reduce((y, block) => block(y), start);
  }
}
