import type { Activation, Tensor } from '@paperzoo/core';
import { Conv2d, Linear, Module, Sequential } from '@paperzoo/nn';
import { checkIndices } from '../efficientvit';
import { ConvNormAct, DepthwiseSeparable, InvertedResidual, type MobileNetBlock } from './blocks';
import { NormAct } from './norm-act';

const HEAD = 1280;
type Row = readonly [
  kernel: number,
  expanded: number,
  output: number,
  squeeze: boolean,
  act: Activation,
  stride: 1 | 2,
];

/** Stages 1 to 5 of MobileNetV3-Large 1.0 as the paper's table lists them. */
const LARGE: readonly (readonly Row[])[] = [
  [
    [3, 64, 24, false, 'relu', 2],
    [3, 72, 24, false, 'relu', 1],
  ],
  [
    [5, 72, 40, true, 'relu', 2],
    [5, 120, 40, true, 'relu', 1],
    [5, 120, 40, true, 'relu', 1],
  ],
  [
    [3, 240, 80, false, 'hardswish', 2],
    [3, 200, 80, false, 'hardswish', 1],
    [3, 184, 80, false, 'hardswish', 1],
    [3, 184, 80, false, 'hardswish', 1],
  ],
  [
    [3, 480, 112, true, 'hardswish', 1],
    [3, 672, 112, true, 'hardswish', 1],
  ],
  [
    [5, 672, 160, true, 'hardswish', 2],
    [5, 960, 160, true, 'hardswish', 1],
    [5, 960, 160, true, 'hardswish', 1],
  ],
];

function buildStages(): MobileNetBlock[][] {
  let input = 16;
  const first = { input, expanded: input, output: input, kernel: 3, stride: 1, squeeze: false } as const;
  const stages = LARGE.map((rows) =>
    rows.map(([kernel, expanded, output, squeeze, activation, stride]) => {
      const block = new InvertedResidual({ input, expanded, output, kernel, stride, activation, squeeze });
      input = output;
      return block;
    }),
  );
  const last = new ConvNormAct(input, 6 * input, 'hardswish');
  return [[new DepthwiseSeparable({ ...first, activation: 'relu' })], ...stages, [last]];
}

/**
 * MobileNetV3-Large 1.0 (Howard et al., ICCV 2019, arXiv 1905.02244) with timm's keys and any input size: [B, 3, H, W] → logits [B, classes].
 * `conv_head` has a bias and no norm; it works on the pooled vector.
 */
export class MobileNetV3 extends Module {
  readonly conv_stem: Conv2d;
  readonly bn1: NormAct;
  readonly blocks: readonly Sequential[];
  readonly conv_head: Conv2d;
  readonly classifier: Linear;

  constructor({ numClasses = 1000, inChans = 3 }: { numClasses?: number; inChans?: number } = {}) {
    super();
    const stages = buildStages();
    this.conv_stem = new Conv2d(inChans, 16, 3, { stride: 2, padding: 1, bias: false });
    this.bn1 = new NormAct(16, 'hardswish');
    this.blocks = stages.map((stage) => new Sequential(...stage));
    this.conv_head = new Conv2d(stages.at(-1)![0]!.bn1.channels, HEAD, 1);
    this.classifier = new Linear(HEAD, numClasses);
  }

  /** The maps of the stages with these indices (default: all seven), strides 2 to 32. */
  forwardIntermediates(x: Tensor, indices: readonly number[] = this.blocks.map((_, i) => i)): Tensor[] {
    const wanted = checkIndices(indices, this.blocks.length);
    let y = this.bn1(this.conv_stem(x));
    const maps = this.blocks.map((stage) => (y = stage(y)));
    return wanted.map((i) => maps[i]!);
  }

  /** The last map [B, 960, H / 32, W / 32]. */
  forwardFeatures(x: Tensor): Tensor {
    return this.blocks.reduce((y, stage) => stage(y), this.bn1(this.conv_stem(x)));
  }

  forward(x: Tensor): Tensor {
    const pooled = this.forwardFeatures(x).mean([2, 3], true);
    return this.classifier(this.conv_head(pooled).hardswish().flatten(1));
  }
}
