import { concat, indexSelect, matmul, split, type Tensor } from '@paperzoo/core';
import { Constant, init, Module, Parameter, Sequential } from '@paperzoo/nn';
import { biasIndex } from './bias-index';
import { ConvNorm } from './conv-norm';

export interface CascadedGroupAttentionOptions {
  readonly keyDim: number;
  readonly numHeads: number;
  /** Side R of the window; the input is [B, C, R, R]. */
  readonly resolution: number;
  /** Side of the query's depthwise kernel, per head; further entries are not used. */
  readonly kernels: readonly number[];
}

const relu = (x: Tensor) => x.relu();

/**
 * Cascaded group attention: head j attends on channel group j plus head j-1's output. [B, C, R, R] → the same.
 * Keys `attention_biases` [h, R²], `qkvs.j`, `dws.j`, `proj.1`.
 */
export class CascadedGroupAttention extends Module {
  readonly attention_biases: Parameter;
  readonly qkvs: readonly ConvNorm[];
  readonly dws: readonly ConvNorm[];
  readonly proj: Sequential;
  readonly keyDim: number;
  readonly numHeads: number;
  readonly resolution: number;
  readonly kernels: readonly number[];
  private readonly index: Constant;

  constructor(
    readonly dim: number,
    { keyDim, numHeads, resolution, kernels }: CascadedGroupAttentionOptions,
  ) {
    super();
    const width = dim / numHeads;
    const tokens = resolution * resolution;
    this.keyDim = keyDim;
    this.numHeads = numHeads;
    this.resolution = resolution;
    this.kernels = kernels.slice(0, numHeads);
    this.attention_biases = new Parameter([numHeads, tokens], init.constant(0));
    this.qkvs = this.kernels.map(() => new ConvNorm(width, 2 * keyDim + width));
    this.dws = this.kernels.map((k) => new ConvNorm(keyDim, keyDim, k, { padding: k >> 1, groups: keyDim }));
    this.proj = new Sequential(relu, new ConvNorm(dim, dim, 1, { gamma: 0 }));
    this.index = new Constant([tokens * tokens], () => biasIndex(resolution));
  }

  forward(x: Tensor): Tensor {
    const { keyDim, numHeads, dim } = this;
    const [batch, , height, width] = x.shape as readonly [number, number, number, number];
    const tokens = height * width;
    const groups = split(x, new Array<number>(numHeads).fill(dim / numHeads), 1);
    const biases = split(this.gatheredBias(x), new Array<number>(numHeads).fill(1));
    const flat = (t: Tensor) => t.reshape([batch, t.shape[1]!, tokens]);
    const outputs: Tensor[] = [];
    groups.forEach((group, j) => {
      const input = j === 0 ? group : group.add(outputs[j - 1]!);
      const qkv = this.qkvs[j]!(input);
      const [q, k, v] = split(qkv, [keyDim, keyDim, dim / numHeads], 1) as [Tensor, Tensor, Tensor];
      const query = flat(this.dws[j]!(q)).mul(keyDim ** -0.5);
      const attention = matmul(query, flat(k), { transposeA: true }).add(biases[j]!).softmax(-1);
      outputs.push(matmul(flat(v), attention, { transposeB: true }).reshape(group.shape));
    });
    return this.proj(concat(outputs, { dim: 1 }));
  }

  /** The table spread over all pairs of tokens, [h, N, N]. Never kept: loading other weights must not leave an old copy behind. */
  private gatheredBias(x: Tensor): Tensor {
    const tokens = this.resolution * this.resolution;
    const gathered = indexSelect(this.attention_biases.for(x), this.index.for(x), { dim: 1 });
    return gathered.reshape([this.numHeads, tokens, tokens]);
  }
}
