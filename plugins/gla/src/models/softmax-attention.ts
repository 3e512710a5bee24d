import { concat, isTensor, linear, ModelError, permute, reshape, slice, type Tensor } from '@paperzoo/core';
import { init, Linear, Module, type Initializer } from '@paperzoo/nn';
import type { LayerCall, LayerOutput } from './gated-linear-attention';
import { rowOf, stackRows } from './key-value-state';
import type { KeyValueState, LayerState } from './layer-state';
import { packingOf, repad, unpad } from './packing';
import type { Seen } from './positions';
import { rotary } from './rotary';
import type { SoftmaxLayers } from './softmax-layers';
import { windowedAttention } from './windowed-attention';

/** The softmax attention of a hybrid model, with rotary positions, grouped heads and a window; upstream's `Attention`, with its keys. */
export class SoftmaxAttention extends Module<[x: Tensor, call?: LayerCall], LayerOutput<KeyValueState>> {
  readonly q_proj: Linear;
  readonly k_proj: Linear;
  readonly v_proj: Linear;
  readonly o_proj: Linear;
  private readonly heads: number;
  private readonly kvHeads: number;
  private readonly window: number | null;
  private readonly theta: number;

  constructor(
    private readonly hiddenSize: number,
    {
      numHeads,
      numKvHeads = numHeads,
      qkvBias = false,
      windowSize = null,
      ropeTheta = 1e4,
    }: Omit<SoftmaxLayers, 'layers'>,
    initWeight: Initializer = init.truncatedNormal(0.02),
  ) {
    super();
    const kvWidth = (hiddenSize / numHeads) * numKvHeads;
    const projection = qkvBias ? { initWeight, initBias: init.constant(0) } : { bias: false, initWeight };
    this.q_proj = new Linear(hiddenSize, hiddenSize, projection);
    this.k_proj = new Linear(hiddenSize, kvWidth, projection);
    this.v_proj = new Linear(hiddenSize, kvWidth, projection);
    this.o_proj = new Linear(hiddenSize, hiddenSize, { bias: false, initWeight });
    this.heads = numHeads;
    this.kvHeads = numKvHeads;
    this.window = windowSize;
    this.theta = ropeTheta;
  }

  forward(x: Tensor, { state, attentionMask, cuSeqlens, seen, residual }: LayerCall = {}): LayerOutput<KeyValueState> {
    const past = keysAndValues(state);
    const [B, T] = x.shape as readonly [number, number];
    const packing = cuSeqlens ? undefined : packingOf(attentionMask, B, T);
    const sequences = packing?.cuSeqlens ?? cuSeqlens;
    const tokens = packing ? unpad(x, packing) : x;
    const { mixed, after } = sequences ? this.packed(tokens, past, sequences) : this.rows(tokens, past, seen);
    const weight = this.o_proj.weight.for(x);
    if (!packing) return { y: linear(mixed, weight, undefined, residual), state: after };
    const y = repad(linear(mixed, weight), packing);
    return { y: residual ? y.add(residual) : y, state: after };
  }

  /** Sequences one after the other, each with its row of the state. */
  private packed(x: Tensor, past: KeyValueState | undefined, cuSeqlens: readonly number[]) {
    const parts = cuSeqlens.slice(1).map((end, n) => {
      const tokens = slice(x, { dim: 1, start: cuSeqlens[n]!, end });
      const own = past && rowOf(past, n);
      // Nothing to read, or nothing to remember yet: attention needs a token.
      return end === cuSeqlens[n] ? { mixed: undefined, after: own ?? this.nothing(x) } : this.rows(tokens, own);
    });
    const mixed = parts.flatMap((part) => part.mixed ?? []);
    return {
      mixed: mixed.length > 0 ? concat(mixed, { dim: 1 }) : x,
      after: stackRows(parts.map(({ after }) => after)),
    };
  }

  /** x [B, T, D] behind the state of B rows. */
  private rows(x: Tensor, past: KeyValueState | undefined, given?: Tensor): { mixed: Tensor; after: KeyValueState } {
    const { hiddenSize: D, heads, kvHeads } = this;
    const [B, T] = x.shape as readonly [number, number];
    const width = D / heads;
    const split = (y: Tensor, count: number) => reshape(y, { shape: [B, T, count, width] });
    const [q, k] = [split(this.q_proj(x), heads), split(this.k_proj(x), kvHeads)];
    const seen: Seen = given ?? past?.seen ?? new Array<number>(B).fill(0);
    const turn = rotary(q, seen, this.theta);
    const join = (before: Tensor | undefined, now: Tensor) =>
      before && before.shape[1]! > 0 ? concat([before, now], { dim: 1 }) : now;
    const keys = join(past?.keys, turn(k));
    const values = join(past?.values, split(this.v_proj(x), kvHeads));
    const L = keys.shape[1]! - T;
    // [B, tokens, kvHeads, group, width] → [B, kvHeads, group, tokens, width]; keys and values stand for the whole group.
    const grouped = permute(reshape(turn(q), { shape: [B, T, kvHeads, heads / kvHeads, width] }), {
      dims: [0, 2, 3, 1, 4],
    });
    const shared = (y: Tensor) => reshape(permute(y, { dims: [0, 2, 1, 3] }), { shape: [B, kvHeads, 1, L + T, width] });
    const o = windowedAttention(grouped, shared(keys), shared(values), { length: L, seen }, this.window);
    const mixed = reshape(permute(o, { dims: [0, 3, 1, 2, 4] }), { shape: [B, T, D] });
    // Who gives the tokens seen as data counts them too.
    const after = isTensor(seen) ? [] : (seen as readonly number[]).map((count) => count + T);
    return { mixed, after: this.remember(keys, values, after) };
  }

  /** What a later token may still see. */
  private remember(keys: Tensor, values: Tensor, seen: readonly number[]): KeyValueState {
    const length = keys.shape[1]!;
    const kept = this.window === null ? length : Math.min(length, this.window - 1);
    const cut = (x: Tensor) => (kept === length ? x : slice(x, { dim: 1, start: length - kept }));
    return { keys: cut(keys), values: cut(values), seen };
  }

  private nothing({ zoo }: Tensor): KeyValueState {
    const empty = () => zoo.zeros([1, 0, this.kvHeads, this.hiddenSize / this.heads]);
    return { keys: empty(), values: empty(), seen: [0] };
  }
}

function keysAndValues(state: LayerState | undefined): KeyValueState | undefined {
  if (!state || 'keys' in state) return state;
  throw new ModelError('A layer of softmax attention was given the state of a recurrent layer.', {
    argument: 'state',
    expected: 'keys and values',
    got: Object.keys(state),
  });
}
