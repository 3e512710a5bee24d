import { interpolate, maxPool2d, ModelError, type Tensor } from '@paperzoo/core';
import { Conv2d, Module } from '@paperzoo/nn';
import { TransposedConv2x2 } from './transposed-conv';

export interface FpnOptions {
  /** Channels of the backbone's maps, finest first. */
  readonly inChannels: readonly number[];
  /** Channels of every output; default 256. */
  readonly outChannels?: number;
  /** Outputs in all; coarser ones than the backbone's are subsampled. Default 5. */
  readonly numOuts?: number;
  /** Levels finer than the backbone's: 1 for RetinaNet (strides 8 to 128), 2 for Mask R-CNN (strides 4 to 64). Default 1. */
  readonly numExtraTransConvs?: number;
}

/** The detection framework's convolution module without norm and activation. Key `conv`. */
class Wrapped<M extends Module> extends Module {
  constructor(readonly conv: M) {
    super();
  }

  forward(x: Tensor): Tensor {
    return this.conv(x);
  }
}

/**
 * The feature pyramid of Cream's detectors: the backbone's maps, finest first, → `numOuts` maps [B, outChannels, …], finest first.
 * Coarse maps are added to finer ones (nearest), transposed convolutions add levels below, subsampling adds levels above.
 * Keys `lateral_convs.i.conv`, `fpn_convs.i.conv`, `extra_trans_convs.i.conv`, `extra_fpn_convs.i.conv`.
 */
export class EfficientViTFPN extends Module<readonly [readonly Tensor[]], Tensor[]> {
  readonly lateral_convs: readonly Wrapped<Conv2d>[];
  readonly fpn_convs: readonly Wrapped<Conv2d>[];
  readonly extra_trans_convs: readonly Wrapped<TransposedConv2x2>[];
  readonly extra_fpn_convs: readonly Wrapped<Conv2d>[];
  readonly numOuts: number;

  constructor({ inChannels, outChannels = 256, numOuts = 5, numExtraTransConvs = 1 }: FpnOptions) {
    super();
    const levels = inChannels.length + numExtraTransConvs;
    if (inChannels.length === 0 || numOuts < levels) {
      throw new ModelError(`EfficientViTFPN: numOuts must be at least ${levels}, one per level, got ${numOuts}.`, {
        argument: 'numOuts',
        expected: levels,
        got: numOuts,
      });
    }
    const smooth = () => new Wrapped(new Conv2d(outChannels, outChannels, 3, { padding: 1 }));
    const extra = Array.from({ length: numExtraTransConvs });
    this.lateral_convs = inChannels.map((channels) => new Wrapped(new Conv2d(channels, outChannels, 1)));
    this.fpn_convs = inChannels.map(smooth);
    this.extra_trans_convs = extra.map(() => new Wrapped(new TransposedConv2x2(outChannels, outChannels)));
    this.extra_fpn_convs = extra.map(smooth);
    this.numOuts = numOuts;
  }

  forward(maps: readonly Tensor[]): Tensor[] {
    if (maps.length !== this.lateral_convs.length) {
      throw new ModelError(`EfficientViTFPN: takes ${this.lateral_convs.length} maps, got ${maps.length}.`, {
        argument: 'maps',
        expected: this.lateral_convs.length,
        got: maps.length,
      });
    }
    const levels = maps.map((map, i) => this.lateral_convs[i]!(map));
    for (let i = levels.length - 1; i > 0; i--) {
      const size = levels[i - 1]!.shape.slice(2);
      levels[i - 1] = levels[i - 1]!.add(interpolate(levels[i]!, { size, mode: 'nearest' }));
    }
    const finer: Tensor[] = [];
    for (const enlarge of this.extra_trans_convs) finer.unshift(enlarge(finer[0] ?? levels[0]!));
    const outs = [
      ...finer.map((level, i) => this.extra_fpn_convs[i]!(level)),
      ...levels.map((level, i) => this.fpn_convs[i]!(level)),
    ];
    while (outs.length < this.numOuts) outs.push(maxPool2d(outs.at(-1)!, { kernelSize: [1], stride: [2] }));
    return outs;
  }
}
