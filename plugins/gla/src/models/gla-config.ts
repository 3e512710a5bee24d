import { ModelError } from '@paperzoo/core';
import type { GateKind } from '../ops/gla-shapes';
import { FEATURE_MAP_NAMES, GATE_KINDS, type FeatureMap } from './gated-linear-attention';
import { headSizes } from './head-sizes';
import { checkSoftmaxLayers, type SoftmaxLayers } from './softmax-layers';

/** Shape of a GLA language model; upstream's `config.json` in this library's spelling. */
export interface GLAConfig {
  readonly vocabSize: number;
  readonly hiddenSize: number;
  readonly numHiddenLayers: number;
  readonly numHeads: number;
  readonly numKvHeads: number;
  readonly expandK: number;
  readonly expandV: number;
  /** Width inside the MLP. */
  readonly intermediateSize: number;
  readonly normEps: number;
  readonly featureMap: FeatureMap | null;
  readonly clampMin: number | null;
  /** `vector` in every checkpoint; no key of upstream's. */
  readonly gate: GateKind;
  /** Layers of softmax attention in a hybrid model; none by default. */
  readonly attn: readonly SoftmaxLayers[];
  readonly useShortConv: boolean;
  readonly convSize: number;
  readonly useOutputGate: boolean;
  readonly elementwiseAffine: boolean;
  readonly fuseNorm: boolean;
  readonly gateLowRankDim: number;
  readonly tieWordEmbeddings: boolean;
  readonly initializerRange: number;
  readonly bosTokenId: number | null;
  readonly eosTokenId: number | readonly number[] | null;
  readonly padTokenId: number | null;
}

/** Upstream's defaults. */
const DEFAULTS: GLAConfig = {
  vocabSize: 32000,
  hiddenSize: 2048,
  numHiddenLayers: 24,
  numHeads: 4,
  numKvHeads: 4,
  expandK: 0.5,
  expandV: 1,
  intermediateSize: 5632,
  normEps: 1e-6,
  featureMap: null,
  clampMin: null,
  gate: 'vector',
  attn: [],
  useShortConv: false,
  convSize: 4,
  useOutputGate: true,
  elementwiseAffine: true,
  fuseNorm: true,
  gateLowRankDim: 16,
  tieWordEmbeddings: false,
  initializerRange: 0.02,
  bosTokenId: 1,
  eosTokenId: 2,
  padTokenId: null,
};

/** Upstream's rule for the MLP's width: two thirds of ratio · width, rounded up to a multiple of 256. */
export const mlpWidth = (hiddenSize: number, ratio = 4): number =>
  256 * Math.ceil(Math.floor((hiddenSize * ratio * 2) / 3) / 256);

/**
 * A whole configuration from the fields that differ from upstream's defaults. `numKvHeads` follows `numHeads`, `intermediateSize` follows
 * `hiddenSize`.
 * @throws ModelError for sizes that do not fit together
 */
export function glaConfig(given: Partial<GLAConfig> = {}): GLAConfig {
  const { hiddenSize = DEFAULTS.hiddenSize, numHeads = DEFAULTS.numHeads } = given;
  const config = {
    ...DEFAULTS,
    numKvHeads: numHeads,
    intermediateSize: mlpWidth(hiddenSize),
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  } as GLAConfig;
  for (const name of [
    'vocabSize',
    'hiddenSize',
    'numHiddenLayers',
    'intermediateSize',
    'convSize',
    'gateLowRankDim',
  ] as const) {
    const value = config[name];
    if (Number.isSafeInteger(value) && value >= 1) continue;
    throw new ModelError(`${name} must be a positive integer, got ${String(value)}.`, { argument: name, got: value });
  }
  if (config.featureMap !== null && !FEATURE_MAP_NAMES.includes(config.featureMap)) {
    const details = { argument: 'featureMap', expected: FEATURE_MAP_NAMES, got: config.featureMap };
    throw new ModelError(`featureMap "${String(config.featureMap).slice(0, 100)}" is unknown.`, details);
  }
  if (!GATE_KINDS.includes(config.gate)) {
    const details = { argument: 'gate', expected: GATE_KINDS, got: config.gate };
    throw new ModelError(`gate "${String(config.gate).slice(0, 100)}" is unknown.`, details);
  }
  headSizes(config);
  checkSoftmaxLayers(config.attn, config.hiddenSize, config.numHiddenLayers);
  return config;
}
