import { throwIfAborted, type Claim, type Tensor, type Zoo } from '@paperzoo/core';
import { Linear, Module } from '@paperzoo/nn';
import { CascadedGroupAttention } from '../models/blocks/cascaded-group-attention';
import { efficientvitVariants } from '../models/efficientvit-variants';
import { countMacs } from './count';

/** Width, key width, heads and kernels of one stage's attention. */
export interface AttentionShape {
  readonly dim: number;
  readonly keyDim: number;
  readonly numHeads: number;
  readonly kernels: readonly number[];
}

/** An attention layer whose projections to queries, keys and values are found below the name `qkvs`. */
export type BuildAttention = (shape: AttentionShape, resolution: number) => Module;

const RESOLUTION = 7;

/** Multi-head attention's projection: every head of the same widths reads all channels. */
class MultiHeadProjection extends Module {
  readonly qkvs: readonly Linear[];

  constructor({ dim, keyDim, numHeads }: AttentionShape) {
    super();
    this.qkvs = Array.from({ length: numHeads }, () => new Linear(dim, 2 * keyDim + dim / numHeads));
  }

  forward(x: Tensor): Tensor {
    const tokens = x.permute([0, 2, 3, 1]);
    return this.qkvs.map((head) => head(tokens)).at(-1)!;
  }
}

/** Multiply-adds per token of the projections to queries, keys and values. */
const projectionMacs = (zoo: Zoo, module: Module, dim: number): number =>
  countMacs(zoo, module, [1, dim, RESOLUTION, RESOLUTION], (path) => path.some((name) => name.startsWith('qkvs.'))) /
  RESOLUTION ** 2;

const cascaded: BuildAttention = ({ dim, ...options }, resolution) =>
  new CascadedGroupAttention(dim, { ...options, resolution });

/** What splitting the channels among the heads saves. Whether it also helps accuracy needs ImageNet: see `beyondClaims`. */
export function attentionCostClaim(build: BuildAttention = cascaded): Claim {
  return {
    id: 'cascaded-attention-cost',
    source: 'Section 3.2, cascaded group attention',
    statement:
      'Feeding each head a share of the channels makes the projections to queries, keys and values h times cheaper than in multi-head attention.',
    figure: 'C·(2d + v) instead of h·C·(2d + v) multiply-adds per token: a factor of exactly h.',
    scaledDown: 'Nothing: the attention of every stage of M0 to M5 is traced and counted.',
    budgetSeconds: 5,
    async run({ zoo: start, progress, signal }) {
      const zoo = await start({ threads: 1 });
      const measured: Record<string, number> = {};
      const wrong: string[] = [];
      const variants = Object.entries(efficientvitVariants);
      for (const [i, [name, { embedDim, keyDim, numHeads, kernels }]] of variants.entries()) {
        throwIfAborted(signal, 'Counting');
        progress(i / variants.length, name);
        for (const [stage, dim] of embedDim.entries()) {
          const shape = { dim, keyDim: keyDim[stage]!, numHeads: numHeads[stage]!, kernels };
          const ours = projectionMacs(zoo, build(shape, RESOLUTION), dim);
          const theirs = projectionMacs(zoo, new MultiHeadProjection(shape), dim);
          const where = `${name} stage ${stage}`;
          measured[`${where}: factor`] = theirs / ours;
          if (theirs !== ours * shape.numHeads) {
            wrong.push(`${where}: ${ours} against ${theirs}, not a factor of ${shape.numHeads}`);
          }
        }
      }
      return {
        measured,
        holds: wrong.length === 0,
        because: wrong.length
          ? `${wrong.join('; ')}.`
          : 'In all 18 stages the traced multiply-adds per token differ by exactly the number of heads.',
      };
    },
  };
}
