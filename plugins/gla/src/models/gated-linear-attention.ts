import { AttrError, expand, linear, ModelError, relu, reshape, sigmoid, silu, type Tensor } from '@paperzoo/core';
import { init, Linear, Module, Sequential, type Initializer } from '@paperzoo/nn';
import { gateLogsigmoid } from '../ops/gate-logsigmoid';
import { gla } from '../ops/gla';
import type { GateKind } from '../ops/gla-shapes';
import type { GateActivation } from '../ops/gate-activation';
import { headSizes } from './head-sizes';
import type { LayerState, RecurrentState } from './layer-state';
import { packingOf, repad, unpad, type AttentionMask } from './packing';
import { RMSNorm } from './rms-norm';
import { ShortConvolution } from './short-convolution';

const FEATURE_MAPS = { relu, sigmoid, silu, swish: silu } as const;
/** Functions that may be applied to queries and keys. */
export type FeatureMap = keyof typeof FEATURE_MAPS;
export const FEATURE_MAP_NAMES = Object.keys(FEATURE_MAPS) as readonly FeatureMap[];

/**
 * What a head's decay depends on (paper, table 4): a number per key channel and token (`vector`, GLA), per token (`scalar`), nothing
 * (`constant`: head h keeps 1 - 2^(-5 - h), as RetNet does), or no decay at all (`none`).
 */
export const GATE_KINDS: readonly GateKind[] = ['vector', 'scalar', 'constant', 'none'];

/** Arguments of the layer; the defaults are upstream's. */
export interface GatedLinearAttentionOptions {
  readonly hiddenSize: number;
  /** Width of all keys over hiddenSize; default 0.5. */
  readonly expandK?: number;
  /** Width of all values over hiddenSize; default 1. */
  readonly expandV?: number;
  /** Default 4. */
  readonly numHeads?: number;
  /** Heads of keys, values and gates, each shared by numHeads / numKvHeads query heads; default numHeads. */
  readonly numKvHeads?: number;
  readonly featureMap?: FeatureMap | null;
  readonly useShortConv?: boolean;
  readonly convSize?: number;
  readonly convBias?: boolean;
  /** Default true. */
  readonly useOutputGate?: boolean;
  /** Default `swish`. */
  readonly gateFn?: GateActivation;
  /** Whether the head norm has a weight; default true. */
  readonly elementwiseAffine?: boolean;
  /** Default 1e-5. */
  readonly normEps?: number;
  /** Default `vector`, the only one that checkpoints have; the others are for comparing. */
  readonly gate?: GateKind;
  /** tau of the gate; default 16. */
  readonly gateLogitNormalizer?: number;
  /** Default 16. */
  readonly gateLowRankDim?: number;
  /** Lowest log decay; default none. */
  readonly clampMin?: number | null;
  /** Decides the head norm's key alone: `g_norm_swish_gate` when norm and swish gate are one, which is the default, else `g_norm`. */
  readonly fuseNorm?: boolean;
  readonly initWeight?: Initializer;
}

/** What one call of the layer may be given beside its input [B, T, D]. */
export interface LayerCall {
  /** Where the sequences stand; default at their beginning. It is not changed. */
  readonly state?: LayerState | undefined;
  /** Which tokens count: the others leave the state alone and give zeros. Ignored beside `cuSeqlens`. */
  readonly attentionMask?: AttentionMask | undefined;
  /** [N + 1] offsets of N sequences packed into a batch of 1. */
  readonly cuSeqlens?: readonly number[] | undefined;
  /** Tokens that each row has seen [B] i32, for softmax layers of a graph, where those of the state are not known yet. For plain rows only. */
  readonly seen?: Tensor | undefined;
  /** Added to the result, [B, T, D]. */
  readonly residual?: Tensor | undefined;
}

export interface LayerOutput<State extends LayerState = LayerState> {
  /** [B, T, D] */
  readonly y: Tensor;
  readonly state: State;
}

/** The layer that stands where softmax attention does (paper, section 4.4), with upstream's keys. */
export class GatedLinearAttention extends Module<[x: Tensor, call?: LayerCall], LayerOutput<RecurrentState>> {
  readonly q_proj: Linear;
  readonly k_proj: Linear;
  readonly v_proj: Linear;
  readonly g_proj: Linear | undefined;
  readonly gk_proj: Sequential | undefined;
  readonly o_proj: Linear;
  readonly q_conv1d: ShortConvolution | undefined;
  readonly k_conv1d: ShortConvolution | undefined;
  readonly v_conv1d: ShortConvolution | undefined;
  readonly g_norm: RMSNorm | undefined;
  readonly g_norm_swish_gate: RMSNorm | undefined;
  private readonly heads: number;
  private readonly kvHeads: number;
  private readonly gate: GateKind;
  private readonly gating: { readonly tau: number; readonly clamp: number | null };
  private readonly featureMap: FeatureMap | null;

  constructor(options: GatedLinearAttentionOptions) {
    super();
    const {
      hiddenSize: D,
      numHeads = 4,
      numKvHeads = numHeads,
      gateLowRankDim = 16,
      convSize = 4,
      convBias = false,
    } = options;
    const {
      useOutputGate = true,
      gateFn = 'swish',
      fuseNorm = true,
      initWeight = init.truncatedNormal(0.02),
    } = options;
    const { Dk, Dv, kvK, kvV } = headSizes({ ...options, numHeads, numKvHeads });
    const plain = { bias: false, initWeight };
    this.q_proj = new Linear(D, Dk, plain);
    this.k_proj = new Linear(D, kvK, plain);
    this.v_proj = new Linear(D, kvV, plain);
    this.g_proj = useOutputGate ? new Linear(D, Dv, plain) : undefined;
    if (options.useShortConv) {
      const conv = { bias: convBias, initWeight };
      this.q_conv1d = new ShortConvolution(Dk, convSize, conv);
      this.k_conv1d = new ShortConvolution(kvK, convSize, conv);
      this.v_conv1d = new ShortConvolution(kvV, convSize, conv);
    }
    const { gate = 'vector' } = options;
    if (gate === 'vector' || gate === 'scalar') {
      const gates = { initWeight, initBias: init.constant(0) };
      this.gk_proj = new Sequential(
        new Linear(D, gateLowRankDim, plain),
        new Linear(gateLowRankDim, gate === 'vector' ? kvK : numKvHeads, gates),
      );
    }
    const { normEps: eps = 1e-5, elementwiseAffine: affine = true } = options;
    const norm = new RMSNorm(Dv / numHeads, { eps, affine, activation: gateFn });
    if (useOutputGate && fuseNorm && gateFn === 'swish') this.g_norm_swish_gate = norm;
    else this.g_norm = norm;
    this.o_proj = new Linear(Dv, D, plain);
    this.heads = numHeads;
    this.kvHeads = numKvHeads;
    this.gate = gate;
    this.gating = { tau: options.gateLogitNormalizer ?? 16, clamp: options.clampMin ?? null };
    this.featureMap = options.featureMap ?? null;
  }

  forward(x: Tensor, call: LayerCall = {}): LayerOutput<RecurrentState> {
    const { residual } = call;
    const state = recurrent(call.state);
    const [B, T] = x.shape as readonly [number, number];
    const packing = call.cuSeqlens ? undefined : packingOf(call.attentionMask, B, T);
    if (!packing) return this.mix(x, state, call.cuSeqlens ?? null, residual);
    const packed = this.mix(unpad(x, packing), state, packing.cuSeqlens, undefined);
    const y = repad(packed.y, packing);
    return { y: residual ? y.add(residual) : y, state: packed.state };
  }

  private mix(
    x: Tensor,
    state: RecurrentState | undefined,
    cuSeqlens: readonly number[] | null,
    residual: Tensor | undefined,
  ): LayerOutput<RecurrentState> {
    const { conv, q, k, v } = this.project(x, state, cuSeqlens);
    const g = this.decays(x);
    const map = this.featureMap ? FEATURE_MAPS[this.featureMap] : (y: Tensor) => y;
    const [queries, keys] = [map(split(q, this.heads)), map(this.repeat(k))];
    const [o, after] = gla(queries, keys, this.repeat(v), g, undefined, state?.recurrent, undefined, {
      cuSeqlens,
    });
    const norm = (this.g_norm_swish_gate ?? this.g_norm)!;
    const normed = norm(o, this.g_proj ? split(this.g_proj(x), this.heads) : undefined);
    const merged = reshape(normed, { shape: [...x.shape.slice(0, 2), o.shape[2]! * o.shape[3]!] });
    const y = linear(merged, this.o_proj.weight.for(x), undefined, residual);
    return { y, state: { recurrent: after, conv } };
  }

  /** Logarithms of the decays: [B, T, H, K], [B, T, H], [H] or nothing. */
  private decays(x: Tensor): Tensor | undefined {
    const { gate, heads } = this;
    if (gate === 'none') return undefined;
    if (gate === 'constant') {
      return x.zoo.tensor(Float32Array.from({ length: heads }, (_, h) => Math.log1p(-(2 ** (-5 - h)))));
    }
    const g = this.repeat(gateLogsigmoid(this.gk_proj!(x), this.gating));
    return gate === 'vector' ? g : reshape(g, { shape: g.shape.slice(0, 3) });
  }

  /** Queries, keys and values of all tokens, through the short convolutions where the layer has them. */
  private project(x: Tensor, state: RecurrentState | undefined, cuSeqlens: readonly number[] | null) {
    const [q, k, v] = [this.q_proj(x), this.k_proj(x), this.v_proj(x)];
    if (!this.q_conv1d) return { q, k, v, conv: undefined };
    if (state && !state.conv) {
      throw new AttrError('This layer has short convolutions, and the state was made by one without them.', {
        argument: 'state',
        expected: 'a state with conv',
      });
    }
    const [cq, ck, cv] = [
      this.q_conv1d(q, state?.conv?.q, cuSeqlens),
      this.k_conv1d!(k, state?.conv?.k, cuSeqlens),
      this.v_conv1d!(v, state?.conv?.v, cuSeqlens),
    ];
    return { q: cq[0], k: ck[0], v: cv[0], conv: { q: cq[1], k: ck[1], v: cv[1] } };
  }

  /** [B, T, heads of keys · width] → [B, T, heads, width]: query head h reads key head ⌊h / group⌋. */
  private repeat(x: Tensor): Tensor {
    const { heads, kvHeads } = this;
    const apart = split(x, kvHeads);
    if (heads === kvHeads) return apart;
    const [B, T, , width] = apart.shape as readonly [number, number, number, number];
    const groups = heads / kvHeads;
    const spread = expand(reshape(apart, { shape: [B, T, kvHeads, 1, width] }), {
      shape: [B, T, kvHeads, groups, width],
    });
    return reshape(spread, { shape: [B, T, heads, width] });
  }
}

function recurrent(state: LayerState | undefined): RecurrentState | undefined {
  if (!state || 'recurrent' in state) return state;
  throw new ModelError('A gated linear attention layer was given the state of a layer of softmax attention.', {
    argument: 'state',
    expected: 'a recurrent state',
    got: Object.keys(state),
  });
}

/** [B, T, heads · width] → [B, T, heads, width]. */
function split(x: Tensor, heads: number): Tensor {
  const [B, T, all] = x.shape as readonly [number, number, number];
  return reshape(x, { shape: [B, T, heads, all / heads] });
}
