import type { Tensor } from '@paperzoo/core';
import { Module } from '@paperzoo/nn';
import { ConvMlp } from './conv-mlp';
import { ConvNorm } from './conv-norm';
import { LocalWindowAttention, type LocalWindowAttentionOptions } from './local-window-attention';
import { Residual } from './residual';

/** Depthwise 3×3 token interaction before each feed-forward network. */
export const tokenInteraction = (channels: number, gamma: number): Residual<ConvNorm> =>
  new Residual(new ConvNorm(channels, channels, 3, { padding: 1, groups: channels, gamma }));
/** The feed-forward network with twice the width inside. */
export const feedForward = (channels: number): Residual<ConvMlp> => new Residual(new ConvMlp(channels, 2 * channels));

/** The sandwich: one attention between feed-forward networks. Keys `dw0`, `ffn0`, `mixer`, `dw1`, `ffn1`. [B, C, H, W] → the same. */
export class EfficientViTBlock extends Module {
  readonly dw0: Residual<ConvNorm>;
  readonly ffn0: Residual<ConvMlp>;
  readonly mixer: Residual<LocalWindowAttention>;
  readonly dw1: Residual<ConvNorm>;
  readonly ffn1: Residual<ConvMlp>;

  constructor(channels: number, attention: LocalWindowAttentionOptions) {
    super();
    this.dw0 = tokenInteraction(channels, 0);
    this.ffn0 = feedForward(channels);
    this.mixer = new Residual(new LocalWindowAttention(channels, attention));
    this.dw1 = tokenInteraction(channels, 0);
    this.ffn1 = feedForward(channels);
  }

  forward(x: Tensor): Tensor {
    return this.ffn1(this.dw1(this.mixer(this.ffn0(this.dw0(x)))));
  }
}
