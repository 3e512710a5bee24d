import { FormatError, ModelError } from '@paperzoo/core';
import { readJsonConfig, type JsonObject, type JsonValue } from '@paperzoo/hub';
import { FEATURE_MAP_NAMES, type FeatureMap } from '../models/gated-linear-attention';
import { glaConfig, mlpWidth, type GLAConfig } from '../models/gla-config';
import type { SoftmaxLayers } from '../models/softmax-layers';

export interface ReadConfig {
  /** Without the gate's rank, which no config holds: it is read from the weights. */
  readonly config: GLAConfig;
  /** Settings that upstream ignores, and so does this, one sentence each. */
  readonly warnings: readonly string[];
}

/** Larger sizes are no language model, and would ask for memory that nobody has. */
const MOST = 2 ** 24;

/**
 * Reads upstream's `config.json`, old and new (rms_norm_eps, fused_chunk).
 * @throws FormatError for a field of the wrong kind; ModelError for a model that this is not, or a part that is not supported
 */
export function readConfig(json: Uint8Array | string, file = 'config.json'): ReadConfig {
  const { raw } = readJsonConfig(json, { file });
  const take = taker(raw, file);
  if (raw['model_type'] !== 'gla') refuse(file, 'model_type', raw['model_type'], '"gla"');
  if (raw['attnres_block_size'] != null) refuse(file, 'attnres_block_size', raw['attnres_block_size'], 'null');
  oneOf(raw, file, 'hidden_act', ['swish', 'silu'], 'swish');
  oneOf(raw, file, 'attn_mode', ['chunk', 'fused_chunk', 'fused_recurrent'], 'chunk');
  const hiddenSize = take.integer('hidden_size', 2048)!;
  const numHeads = take.integer('num_heads', 4)!;
  const ratio = take.number('hidden_ratio', 4, 0, 1024) ?? 4;
  const featureMap = raw['feature_map'] ?? null;
  if (featureMap !== null && !FEATURE_MAP_NAMES.includes(featureMap as FeatureMap)) {
    refuse(file, 'feature_map', featureMap, `null or one of ${FEATURE_MAP_NAMES.join(', ')}`);
  }
  const config = glaConfig({
    vocabSize: take.integer('vocab_size', 32000)!,
    hiddenSize,
    numHiddenLayers: take.integer('num_hidden_layers', 24)!,
    numHeads,
    numKvHeads: take.integer('num_kv_heads', null) ?? numHeads,
    expandK: take.number('expand_k', 0.5, 0, 64)!,
    expandV: take.number('expand_v', 1, 0, 64)!,
    intermediateSize: take.integer('intermediate_size', null) ?? mlpWidth(hiddenSize, ratio),
    // Old files say rms_norm_eps; upstream reads past it, which changes what the model computes.
    normEps: take.number('norm_eps', null, 0, 1) ?? take.number('rms_norm_eps', 1e-6, 0, 1)!,
    featureMap: featureMap as FeatureMap | null,
    clampMin: take.number('clamp_min', null, -1e30, 0),
    attn: softmaxLayers(raw['attn'], file),
    useShortConv: take.boolean('use_short_conv', false),
    convSize: take.integer('conv_size', 4)!,
    useOutputGate: take.boolean('use_output_gate', true),
    elementwiseAffine: take.boolean('elementwise_affine', true),
    fuseNorm: take.boolean('fuse_norm', true),
    tieWordEmbeddings: take.boolean('tie_word_embeddings', false),
    initializerRange: take.number('initializer_range', 0.02, 0, 100)!,
    bosTokenId: take.integer('bos_token_id', 1, 0),
    eosTokenId: Array.isArray(raw['eos_token_id'])
      ? ids(raw['eos_token_id'], file)
      : take.integer('eos_token_id', 2, 0),
    padTokenId: take.integer('pad_token_id', null, 0),
  });
  const warnings: string[] = [];
  if (raw['use_gv'] === true)
    warnings.push(`${file}: use_gv is true, but upstream has no value gates; they are left out.`);
  const tau = raw['gate_logit_normalizer'];
  if (tau != null && tau !== 16) {
    warnings.push(
      `${file}: gate_logit_normalizer is ${String(tau).slice(0, 40)}, but upstream computes with 16, and so does this.`,
    );
  }
  return { config, warnings };
}

/** The layers of softmax attention: nothing, an object, or a list of them. */
function softmaxLayers(value: JsonValue | undefined, file: string): SoftmaxLayers[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]).map((each) => {
    if (typeof each !== 'object' || each === null || Array.isArray(each)) {
      return refuse(file, 'attn', each, 'null, an object with layers and num_heads, or a list of them');
    }
    const take = taker(each, file, 'attn.');
    const layers = each['layers'];
    if (!Array.isArray(layers) || !layers.every((layer) => Number.isInteger(layer))) {
      return refuse(file, 'attn.layers', layers, 'a list of layer indices');
    }
    const numHeads = take.integer('num_heads', null) ?? refuse(file, 'attn.num_heads', each['num_heads'], 'an integer');
    return {
      layers: layers as number[],
      numHeads,
      numKvHeads: take.integer('num_kv_heads', null) ?? numHeads,
      qkvBias: take.boolean('qkv_bias', false),
      windowSize: take.integer('window_size', null),
      ropeTheta: take.number('rope_theta', 10_000, 0, 1e12)!,
    };
  });
}

function refuse(file: string, key: string, got: JsonValue | undefined, expected: string): never {
  const shown = got === undefined ? 'nothing' : JSON.stringify(got).slice(0, 100);
  const details = { file, where: key, argument: key, expected, got };
  throw new ModelError(`${file}: ${key} must be ${expected}, got ${shown}.`, details);
}

function oneOf(raw: JsonObject, file: string, key: string, known: readonly string[], fallback: string): void {
  const value = raw[key] ?? fallback;
  if (!known.includes(value as string)) refuse(file, key, value, `one of ${known.join(', ')}`);
}

/** Reads fields by kind; a null counts as absent, because upstream writes it for "default". */
function taker(raw: JsonObject, file: string, inside = '') {
  const wrong = (key: string, expected: string): never => {
    const got = JSON.stringify(raw[key]).slice(0, 100);
    const name = inside + key;
    const details = { file, where: name, argument: name, expected, got: raw[key] };
    throw new FormatError(`${file}: ${name} must be ${expected}, got ${got}.`, details);
  };
  return {
    integer(key: string, fallback: number | null, least = 1): number | null {
      // A missing key is upstream's default, a null one no number.
      if (raw[key] === undefined) return fallback;
      const value = raw[key];
      if (value === null) return key.endsWith('_token_id') ? null : fallback;
      if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > MOST) {
        return wrong(key, `an integer from ${least} to ${MOST}`);
      }
      return value;
    },
    number(key: string, fallback: number | null, least: number, most: number): number | null {
      const value = raw[key] ?? null;
      if (value === null) return fallback;
      if (typeof value !== 'number' || value < least || value > most) {
        return wrong(key, `a number from ${least} to ${most}`);
      }
      return value;
    },
    boolean(key: string, fallback: boolean): boolean {
      const value = raw[key] ?? fallback;
      return typeof value === 'boolean' ? value : wrong(key, 'true or false');
    },
  };
}

function ids(value: readonly JsonValue[], file: string): number[] {
  return value.map((id) => {
    if (typeof id === 'number' && Number.isInteger(id) && id >= 0) return id;
    return refuse(file, 'eos_token_id', value as JsonValue, 'a token id or a list of them');
  });
}
