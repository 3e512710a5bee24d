import { toNchw, toNhwc, type Tensor } from '@paperzoo/core';
import { named } from '@paperzoo/nn';
import { checkIndices } from './efficientvit';
import { chain, type Layer } from './fused-stage';
import type { FusedWeights } from './fused-weights';

/** The parts of a `FusedClassifier`; all but the head work on channels-last maps. */
export interface FusedClassifierParts {
  readonly stem: Layer;
  readonly stages: readonly (readonly Layer[])[];
  /** Between the last stage and the pooling. */
  readonly tail?: Layer;
  /** Pooled vectors [B, C] → logits [B, classes]. */
  readonly head: Layer;
}

/** An inference graph of a convolutional classifier: channels last inside, everything folded in. It cannot be trained. */
export class FusedClassifier {
  /** @internal Use `fuseMobileNetV3` or `fuseMobileVit`. */
  constructor(
    private readonly weights: FusedWeights,
    private readonly parts: FusedClassifierParts,
  ) {}

  /** Number of values in all weights. */
  get size(): number {
    return this.weights.size;
  }

  /** Logits [B, classes] of images [B, C, H, W]. */
  forward(x: Tensor): Tensor {
    const { stem, stages, tail, head } = this.parts;
    return x.zoo.scope(() => {
      const map = chain([stem, ...stages.map((_, i) => this.stage(i)), ...(tail ? [tail] : [])], toNhwc(x));
      return named(x.zoo, 'head', () => head(map.mean([1, 2])));
    });
  }

  /** The maps of the stages with these indices (default: all), [B, C, H, W]. */
  forwardIntermediates(x: Tensor, indices: readonly number[] = this.parts.stages.map((_, i) => i)): Tensor[] {
    const wanted = checkIndices(indices, this.parts.stages.length);
    return x.zoo.scope(() => {
      let y = this.parts.stem(toNhwc(x));
      const maps = this.parts.stages.map((_, i) => (y = this.stage(i)(y)));
      return wanted.map((i) => toNchw(maps[i]!));
    });
  }

  dispose(): void {
    this.weights.dispose();
  }

  private stage(i: number): Layer {
    return (x) => named(x.zoo, `stages.${i}`, () => chain(this.parts.stages[i]!, x));
  }
}
