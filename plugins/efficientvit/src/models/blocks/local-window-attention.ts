import { ShapeError, toNchw, toNhwc, type Tensor } from '@paperzoo/core';
import { Module } from '@paperzoo/nn';
import { cutWindows, joinWindows } from '../../ops/windows';
import { CascadedGroupAttention, type CascadedGroupAttentionOptions } from './cascaded-group-attention';

export interface LocalWindowAttentionOptions extends Omit<CascadedGroupAttentionOptions, 'resolution'> {
  /** Side of the map that the module is built for; null accepts any size and always uses full windows (detection). */
  readonly resolution: number | null;
  readonly windowSize: number;
}

/**
 * Cascaded group attention in windows of side R = min(windowSize, resolution). Maps are padded right and below with zeros to a multiple of
 * R; padded tokens take part as keys and values, without a mask, as upstream has it. Key `attn`. [B, C, H, W] → the same.
 */
export class LocalWindowAttention extends Module {
  readonly attn: CascadedGroupAttention;
  readonly resolution: number | null;

  constructor(dim: number, { resolution, windowSize, ...options }: LocalWindowAttentionOptions) {
    super();
    this.resolution = resolution;
    this.attn = new CascadedGroupAttention(dim, {
      ...options,
      resolution: Math.min(windowSize, resolution ?? windowSize),
    });
  }

  forward(x: Tensor): Tensor {
    const [batch, , height, width] = x.shape as readonly [number, number, number, number];
    const { resolution, attn } = this;
    if (resolution !== null && (height !== resolution || width !== resolution)) {
      throw new ShapeError(
        `local_window_attention: input must be a map of ${resolution}×${resolution}, got ${height}×${width}.`,
        { op: 'local_window_attention', argument: 'input', expected: [resolution, resolution], got: [height, width] },
      );
    }
    const window = attn.resolution;
    if (height === window && width === window) return attn(x);
    const windows = toNchw(cutWindows(toNhwc(x), window));
    return toNchw(joinWindows(toNhwc(attn(windows)), batch, height, width));
  }
}
