import { concat, interpolate, type Tensor } from '@paperzoo/core';
import { Conv2d, LayerNorm, Module } from '@paperzoo/nn';
import { ConvBnAct } from './bottleneck';
import { foldPatches, unfoldPatches } from './patches';
import { TransformerLayer } from './transformer';

const HEADS = 4;
const MLP_RATIO = 2;

/**
 * A map [B, C, H, W] mixed by a transformer over tokens at the same place of their 2×2 patch. Maps of odd size are stretched to the next even
 * one (bilinear) and back. Keys `conv_kxk, conv_1x1, transformer.i, norm, conv_proj, conv_fusion`.
 */
export class MobileVitBlock extends Module {
  readonly conv_kxk: ConvBnAct;
  readonly conv_1x1: Conv2d;
  readonly transformer: readonly TransformerLayer[];
  readonly norm: LayerNorm;
  readonly conv_proj: ConvBnAct;
  readonly conv_fusion: ConvBnAct;

  constructor(channels: number, dim: number, depth: number) {
    super();
    this.conv_kxk = new ConvBnAct(channels, channels, 3);
    this.conv_1x1 = new Conv2d(channels, dim, 1, { bias: false });
    this.transformer = Array.from({ length: depth }, () => new TransformerLayer(dim, HEADS, MLP_RATIO));
    this.norm = new LayerNorm(dim);
    this.conv_proj = new ConvBnAct(dim, channels, 1);
    this.conv_fusion = new ConvBnAct(2 * channels, channels, 3);
  }

  forward(x: Tensor): Tensor {
    const [height, width] = x.shape.slice(2) as [number, number];
    const even = [height + (height % 2), width + (width % 2)] as const;
    const odd = even[0] !== height || even[1] !== width;
    let y = this.conv_1x1(this.conv_kxk(x));
    if (odd) y = interpolate(y, { size: even, mode: 'bilinear' });
    const tokens = unfoldPatches(y.permute([0, 2, 3, 1]));
    const mixed = this.norm(this.transformer.reduce((t, layer) => layer(t), tokens));
    y = foldPatches(mixed, even).permute([0, 3, 1, 2]);
    if (odd) y = interpolate(y, { size: [height, width], mode: 'bilinear' });
    return this.conv_fusion(concat([x, this.conv_proj(y)], { dim: 1 }));
  }
}
