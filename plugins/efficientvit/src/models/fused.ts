import { linear, toNchw, toNhwc, type Tensor, type Zoo } from '@paperzoo/core';
import { foldBnLinear, named } from '@paperzoo/nn';
import type { NormLinear } from './blocks/norm-linear';
import { checkIndices, checkInput, type EfficientViT } from './efficientvit';
import type { EfficientViTConfig } from './efficientvit-config';
import { normValues } from './fused-conv';
import { chain, fusePatchEmbed, fuseStage, type Layer } from './fused-stage';
import { FusedWeights } from './fused-weights';

/**
 * The inference form of an EfficientViT: channels last inside, norms folded, residual depthwise convolutions merged, bias tables gathered,
 * fused operations. Same inputs and outputs as the module, equal up to rounding; it cannot be trained.
 */
export class FusedEfficientViT {
  /** @internal Use `fuseEfficientViT`. */
  constructor(
    readonly config: EfficientViTConfig,
    private readonly weights: FusedWeights,
    private readonly stem: readonly Layer[],
    private readonly stages: readonly (readonly Layer[])[],
    private readonly head: Layer | undefined,
  ) {}

  /** Number of values in all weights, gathered bias tables included. */
  get size(): number {
    return this.weights.size;
  }

  /** Logits [B, numClasses] of images [B, C, S, S]; without a classifier the pooled features or, with `globalPool` '', the last map. */
  forward(x: Tensor): Tensor {
    return x.zoo.scope(() => this.forwardHead(this.lastMap(x)));
  }

  /** The last stage's map, [B, C, H, W]. */
  forwardFeatures(x: Tensor): Tensor {
    return x.zoo.scope(() => toNchw(this.lastMap(x)));
  }

  /** The maps of the stages with these indices (default: all), [B, C, H, W]. */
  forwardIntermediates(x: Tensor, indices: readonly number[] = this.stages.map((_, i) => i)): Tensor[] {
    const wanted = checkIndices(indices, this.stages.length);
    return x.zoo.scope(() => {
      const maps: Tensor[] = [];
      let y = this.embed(x);
      this.stages.forEach((layers, i) => {
        maps.push((y = this.stage(layers, i, y)));
      });
      return wanted.map((i) => toNchw(maps[i]!));
    });
  }

  dispose(): void {
    this.weights.dispose();
  }

  private embed(x: Tensor): Tensor {
    checkInput(this.config, x);
    return named(x.zoo, 'patch_embed', () => chain(this.stem, toNhwc(x)));
  }

  private stage(layers: readonly Layer[], i: number, x: Tensor): Tensor {
    return named(x.zoo, `stages.${i}`, () => chain(layers, x));
  }

  private lastMap(x: Tensor): Tensor {
    return chain(
      this.stages.map(
        (layers, i): Layer =>
          (map) =>
            this.stage(layers, i, map),
      ),
      this.embed(x),
    );
  }

  private forwardHead(map: Tensor): Tensor {
    if (this.config.globalPool === '') return toNchw(map);
    const pooled = map.mean([1, 2]);
    return this.head ? this.head(pooled) : pooled;
  }
}

/** Builds the inference graph from a module's values: read from ordinary memory where they still are, folded in float64, rounded once. */
export async function fuseEfficientViT(zoo: Zoo, module: EfficientViT): Promise<FusedEfficientViT> {
  const weights = new FusedWeights(zoo);
  try {
    const stem = await fusePatchEmbed(weights, module.patch_embed);
    const stages: Layer[][] = [];
    for (const stage of module.stages) stages.push(await fuseStage(weights, stage));
    const head = module.head && (await fuseHead(weights, module.head, module.head_dist));
    weights.complete();
    return new FusedEfficientViT(module.config, weights, stem, stages, head);
  } catch (error) {
    weights.dispose();
    throw error;
  }
}

/** Norm and linear layer as one matrix; with a distillation head, the mean of the two, which is one matrix again. */
async function fuseHead(weights: FusedWeights, head: NormLinear, distilled: NormLinear | undefined): Promise<Layer> {
  const fold = async ({ bn, linear: { weight, bias } }: NormLinear) =>
    foldBnLinear(await normValues(bn), (await weight.host()).toF32(), (await bias?.host())?.toF32());
  const { weight, bias } = await fold(head);
  if (distilled) {
    const other = await fold(distilled);
    weight.forEach((value, i) => (weight[i] = (value + other.weight[i]!) / 2));
    bias.forEach((value, i) => (bias[i] = (value + other.bias[i]!) / 2));
  }
  const w = weights.put(weight, head.linear.weight.shape);
  const b = weights.put(bias, [bias.length]);
  return (pooled) => named(pooled.zoo, 'head', () => linear(pooled, w, b));
}
