import type { Tensor } from '@paperzoo/core';
import { Linear, Module, Sequential } from '@paperzoo/nn';
import { checkIndices } from '../efficientvit';
import { MobileVitBlock } from './block';
import { Bottleneck, ConvBnAct } from './bottleneck';

/** Any of MobileViT's blocks. */
export type MobileVitStep = Bottleneck | MobileVitBlock;

/** One stage of MobileViT: bottlenecks (the first with this stride), then a transformer block where it has one. */
interface StageSpec {
  readonly output: number;
  readonly bottlenecks: number;
  readonly stride: 1 | 2;
  readonly transformer?: readonly [dim: number, depth: number];
}

const STEM = 16;
const FINAL = 320;
const XXS: readonly StageSpec[] = [
  { output: 16, bottlenecks: 1, stride: 1 },
  { output: 24, bottlenecks: 3, stride: 2 },
  { output: 48, bottlenecks: 1, stride: 2, transformer: [64, 2] },
  { output: 64, bottlenecks: 1, stride: 2, transformer: [80, 4] },
  { output: 80, bottlenecks: 1, stride: 2, transformer: [96, 3] },
];

function buildStages(): MobileVitStep[][] {
  let input = STEM;
  return XXS.map(({ output, bottlenecks, stride, transformer }) => {
    const steps: MobileVitStep[] = Array.from({ length: bottlenecks }, (_, i) => {
      const block = new Bottleneck(input, output, i === 0 ? stride : 1);
      input = output;
      return block;
    });
    return transformer ? [...steps, new MobileVitBlock(output, ...transformer)] : steps;
  });
}

/** Global average pool and a linear classifier. Key `fc`. */
class ClassifierHead extends Module {
  readonly fc: Linear;

  constructor(channels: number, numClasses: number) {
    super();
    this.fc = new Linear(channels, numClasses);
  }

  forward(x: Tensor): Tensor {
    return this.fc(x.mean([2, 3]));
  }
}

/** MobileViT-XXS (Mehta and Rastegari, ICLR 2022, arXiv 2110.02178) with timm's keys and any input size: [B, 3, H, W] → logits [B, classes]. */
export class MobileVit extends Module {
  readonly stem: ConvBnAct;
  readonly stages: readonly Sequential[];
  readonly final_conv: ConvBnAct;
  readonly head: ClassifierHead;

  constructor({ numClasses = 1000, inChans = 3 }: { numClasses?: number; inChans?: number } = {}) {
    super();
    this.stem = new ConvBnAct(inChans, STEM, 3, { stride: 2 });
    this.stages = buildStages().map((steps) => new Sequential(...steps));
    this.final_conv = new ConvBnAct(XXS.at(-1)!.output, FINAL, 1);
    this.head = new ClassifierHead(FINAL, numClasses);
  }

  /** The maps of the stages with these indices (default: all five), strides 2 to 32. */
  forwardIntermediates(x: Tensor, indices: readonly number[] = this.stages.map((_, i) => i)): Tensor[] {
    const wanted = checkIndices(indices, this.stages.length);
    let y = this.stem(x);
    const maps = this.stages.map((stage) => (y = stage(y)));
    return wanted.map((i) => maps[i]!);
  }

  /** The last map [B, 320, H / 32, W / 32]. */
  forwardFeatures(x: Tensor): Tensor {
    return this.final_conv(this.stages.reduce((y, stage) => stage(y), this.stem(x)));
  }

  forward(x: Tensor): Tensor {
    return this.head(this.forwardFeatures(x));
  }
}
