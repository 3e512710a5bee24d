import type { Tensor } from '@paperzoo/core';
import { init, Module, type Initializer } from '@paperzoo/nn';
import { Embedding } from './embedding';
import { GatedLinearAttention, type LayerCall, type LayerOutput } from './gated-linear-attention';
import { GatedMLP } from './gated-mlp';
import type { GLAConfig } from './gla-config';
import type { LayerState } from './layer-state';
import { RMSNorm } from './rms-norm';
import { SoftmaxAttention } from './softmax-attention';

/** h + attention(norm(h)), then h + mlp(norm(h)). */
class GLABlock extends Module<[x: Tensor, call: LayerCall], LayerOutput> {
  readonly attn_norm: RMSNorm;
  readonly attn: GatedLinearAttention | SoftmaxAttention;
  readonly mlp_norm: RMSNorm;
  readonly mlp: GatedMLP;

  constructor(config: GLAConfig, layer: number, initWeight: Initializer) {
    super();
    const { hiddenSize, intermediateSize, normEps: eps } = config;
    const softmax = config.attn.find(({ layers }) => layers.includes(layer));
    this.attn_norm = new RMSNorm(hiddenSize, { eps });
    this.attn = softmax
      ? new SoftmaxAttention(hiddenSize, softmax, initWeight)
      : new GatedLinearAttention({ ...config, initWeight });
    this.mlp_norm = new RMSNorm(hiddenSize, { eps });
    this.mlp = new GatedMLP(hiddenSize, intermediateSize, initWeight);
  }

  forward(x: Tensor, call: LayerCall): LayerOutput {
    const { y: h, state } = this.attn(this.attn_norm(x), { ...call, residual: x });
    return { y: this.mlp(this.mlp_norm(h), h), state };
  }
}

export interface HiddenOutput {
  /** After the last norm, [B, T, D]. */
  readonly hidden: Tensor;
  /** One per layer. */
  readonly states: readonly LayerState[];
}

/** Embeddings, layers and the last norm: token ids [B, T] i32 → hidden states. Upstream's `GLAModel`, with its keys. */
export class GLAModel extends Module<
  [ids: Tensor, states: readonly (LayerState | undefined)[] | undefined, call: Pick<LayerCall, 'cuSeqlens' | 'seen'>],
  HiddenOutput
> {
  readonly embeddings: Embedding;
  readonly layers: readonly GLABlock[];
  readonly norm: RMSNorm;

  constructor(config: GLAConfig) {
    super();
    const initWeight = init.truncatedNormal(config.initializerRange);
    this.embeddings = new Embedding(config.vocabSize, config.hiddenSize, initWeight);
    this.layers = Array.from({ length: config.numHiddenLayers }, (_, i) => new GLABlock(config, i, initWeight));
    this.norm = new RMSNorm(config.hiddenSize, { eps: config.normEps });
  }

  forward(
    ids: Tensor,
    states: readonly (LayerState | undefined)[] | undefined,
    call: Pick<LayerCall, 'cuSeqlens' | 'seen'>,
  ): HiddenOutput {
    const after: LayerState[] = [];
    let h = this.embeddings(ids);
    this.layers.forEach((layer, i) => {
      // A scope per layer: what a layer needs on the way is free again before the next begins.
      const { y, state } = ids.zoo.scope(() => layer(h, { state: states?.[i], ...call }));
      h = y;
      after.push(state);
    });
    return { hidden: this.norm(h), states: after };
  }
}
