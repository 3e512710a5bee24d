import { AttrError, crossEntropy, indexSelect, linear, reshape, slice, type Tensor } from '@paperzoo/core';
import { init, Linear, Module } from '@paperzoo/nn';
import type { GLAConfig } from './gla-config';
import { GLAModel } from './gla-model';
import type { LayerState } from './layer-state';
import { packingOf, repad, unpad, type AttentionMask } from './packing';

/** What one call may be given beside token ids. */
export interface CausalLMCall {
  /** One state per layer; default the beginning. They are not changed. */
  readonly states?: readonly (LayerState | undefined)[] | undefined;
  /** Which tokens count, [B, at least T]; logits of the others are zeros. Ignored beside `cuSeqlens`. */
  readonly attentionMask?: AttentionMask | undefined;
  /** [N + 1] offsets of N sequences packed into a batch of 1. */
  readonly cuSeqlens?: readonly number[] | undefined;
  /** Tokens that each row has seen [B] i32, for graphs; see `LayerCall`. */
  readonly seen?: Tensor | undefined;
  /** `last`: only those of the last token of each sequence that counts. Default `all`. */
  readonly logits?: 'all' | 'last';
}

export interface CausalLMOutput {
  /** [B, T, vocabulary], or [N, 1, vocabulary] for the last tokens. */
  readonly logits: Tensor;
  /** One state per layer, after the last token. */
  readonly states: readonly LayerState[];
}

/** A GLA language model with upstream's keys: token ids [B, T] i32 → logits. */
export class GLAForCausalLM extends Module<[ids: Tensor, call?: CausalLMCall], CausalLMOutput> {
  readonly model: GLAModel;
  /** Absent when the embeddings serve as the head. */
  readonly lm_head: Linear | undefined;

  constructor(readonly config: GLAConfig) {
    super();
    const { hiddenSize, vocabSize, initializerRange, tieWordEmbeddings } = config;
    this.model = new GLAModel(config);
    const initWeight = init.truncatedNormal(initializerRange);
    this.lm_head = tieWordEmbeddings ? undefined : new Linear(hiddenSize, vocabSize, { bias: false, initWeight });
  }

  forward(ids: Tensor, call: CausalLMCall = {}): CausalLMOutput {
    const [B, T] = ids.shape as readonly [number, number];
    const packing = call.cuSeqlens ? undefined : packingOf(call.attentionMask, B, T);
    const tokens = packing ? reshape(unpad(reshape(ids, { shape: [B, T, 1] }), packing), { shape: [1, -1] }) : ids;
    const cuSeqlens = packing?.cuSeqlens ?? call.cuSeqlens;
    const { hidden, states } = this.model(tokens, call.states, { cuSeqlens, seen: call.seen });
    if (call.logits === 'last') return { logits: this.head(lastTokens(hidden, cuSeqlens)), states };
    const logits = this.head(hidden);
    return { logits: packing ? repad(logits, packing) : logits, states };
  }

  /** Mean cross entropy of each token given those before it. labels [B, T] i32, -100 where none counts; the first of a row never does. */
  loss(ids: Tensor, labels: Tensor): Tensor {
    const { logits } = this(ids);
    const rows = slice(logits, { dim: 1, end: -1 });
    const targets = slice(labels, { dim: 1, start: 1 });
    return crossEntropy(reshape(rows, { shape: [-1, logits.shape[2]!] }), reshape(targets, { shape: [-1] }));
  }

  private head(hidden: Tensor): Tensor {
    return linear(hidden, (this.lm_head ?? this.model.embeddings).weight.for(hidden));
  }
}

/** The hidden state of each sequence's last token, [N, 1, D]. */
function lastTokens(hidden: Tensor, cuSeqlens: readonly number[] | undefined): Tensor {
  if (!cuSeqlens) return slice(hidden, { dim: 1, start: -1 });
  const empty = cuSeqlens.slice(1).findIndex((end, n) => end === cuSeqlens[n]);
  if (empty >= 0) {
    const details = { argument: 'logits', expected: 'a token that counts in each sequence', got: cuSeqlens };
    throw new AttrError(`Sequence ${empty} has no token that counts, so it has no last logits.`, details);
  }
  const ends = cuSeqlens.slice(1).map((end) => end - 1);
  const index = hidden.zoo.tensor(ends, { shape: [ends.length], dtype: 'i32' });
  const rows = indexSelect(reshape(hidden, { shape: [hidden.shape[1]!, hidden.shape[2]!] }), index, { dim: 0 });
  return reshape(rows, { shape: [ends.length, 1, hidden.shape[2]!] });
}
