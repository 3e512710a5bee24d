import { AttrError, ModelError, throwIfAborted, type LoadOptions, type ModelCard, type Zoo } from '@paperzoo/core';
import { fetchCheckpoint, openSource, type FetchCheckpointOptions, type FileSource } from '@paperzoo/hub';
import { byteTokenizer } from '../generate/byte-tokenizer';
import { loadTokenizer, type TextTokenizer } from '../generate/tokenizer';
import { GLAForCausalLM } from '../models/gla-for-causal-lm';
import { glaConfig, type GLAConfig } from '../models/gla-config';
import { gateRank, glaState } from './gla-state';
import { GLALanguageModel } from './language-model';
import { readConfig } from './read-config';

/** Options of `zoo.load` for GLA, beside those of every model and of the hub. */
export interface GLAOptions extends LoadOptions {
  /** Instead of the `config.json` beside the weights; weights given as bytes, and fresh ones, need it or take the card's. */
  readonly config?: Partial<GLAConfig>;
  /** Seed of fresh weights; default 0. */
  readonly seed?: number;
  /** Told of settings in a config that have no effect. Default: `console.warn`. */
  readonly onWarning?: (message: string) => void;
}

const OWN = ['weights', 'config', 'seed'] as const;
const HUB = [
  'endpoint', 'revision', 'allowRemote', 'allowLocal', 'localFilesOnly', 'cacheDir', 'cache', 'fetch', 'token', 'sha256', 'size',
  'maxBytes', 'signal', 'onProgress', 'retries', 'stallTimeout', 'onWarning', 'file',
] as const; // prettier-ignore

/** What a card's `load` does; see `GLAOptions`. */
export async function loadGla(zoo: Zoo, card: ModelCard, options: GLAOptions): Promise<GLALanguageModel> {
  const { name } = card;
  checkOptions(name, options);
  const weights = options.weights ?? published(card);
  const own = options.config ? glaConfig(options.config) : undefined;
  if (weights === false) {
    const module = new GLAForCausalLM(own ?? glaConfig(known(card))).initialize({ seed: options.seed ?? 0 });
    return new GLALanguageModel({ name, zoo, module, tokenizer: tokenizerOf(name, module) });
  }
  const hub = hubOptions(options);
  const files = typeof weights === 'string' ? await openSource(weights, hub) : undefined;
  // The sizes of a card without published weights are its own: what was trained with it needs no config beside it.
  const config = own ?? (card.hub ? await configBeside(files, name, options) : glaConfig(known(card)));
  throwIfAborted(options.signal, `Loading ${name}`);
  const checkpoint = await fetchCheckpoint(weights, hub);
  throwIfAborted(options.signal, `Loading ${name}`);
  const gateLowRankDim = gateRank(checkpoint) ?? config.gateLowRankDim;
  const module = new GLAForCausalLM(glaConfig({ ...config, gateLowRankDim }));
  module.loadStateDict(glaState(checkpoint, module.config, name), { model: name });
  // It is read long after the load, whose progress and signal are over by then.
  const later = { ...hub, onProgress: undefined, signal: undefined };
  const open = typeof weights === 'string' ? () => openSource(weights, later) : undefined;
  return new GLALanguageModel({ name, zoo, module, tokenizer: tokenizerOf(name, module, open) });
}

function published({ name, hub }: ModelCard): string {
  if (hub) return `hf:${hub.repo}`;
  throw new ModelError(`${name} has no published weights.`, {
    argument: 'weights',
    remedy: 'Pass { weights } with a file, an address or bytes, or { weights: false } for fresh ones.',
  });
}

/** A model of 256 tokens without an end token reads bytes; any other has a tokenizer beside its files. */
function tokenizerOf(name: string, { config }: GLAForCausalLM, open?: () => Promise<FileSource>) {
  const bytes = config.vocabSize === 256 && config.eosTokenId === null;
  return async (): Promise<TextTokenizer> => {
    if (bytes) return byteTokenizer;
    if (open) return loadTokenizer(await open(), name);
    throw new ModelError(`${name} was loaded without files that could hold a tokenizer.`, {
      argument: 'tokenizer',
      remedy: 'Pass token ids, or { tokenizer }.',
    });
  };
}

async function configBeside(files: FileSource | undefined, name: string, options: GLAOptions): Promise<GLAConfig> {
  if (!files) {
    throw new ModelError(`${name}: weights that are given as bytes have no config.json beside them.`, {
      argument: 'config',
      remedy: 'Pass { config }.',
    });
  }
  const { config, warnings } = readConfig(await files.read('config.json'), files.locate('config.json'));
  // eslint-disable-next-line no-console -- a model that silently computes something else would be worse
  const warn = options.onWarning ?? ((message: string) => console.warn(message));
  warnings.forEach((message) => warn(message));
  return config;
}

/** The sizes that a card states; published checkpoints bring their own. */
function known({ name, config }: ModelCard): Partial<GLAConfig> {
  if ('hiddenSize' in config) return config as Partial<GLAConfig>;
  throw new ModelError(`${name}: its sizes are in the config.json of its weights.`, {
    argument: 'config',
    remedy: 'Pass { config } for fresh weights.',
  });
}

function hubOptions(options: LoadOptions): FetchCheckpointOptions {
  const given = HUB.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]]));
  return Object.fromEntries(given) as FetchCheckpointOptions;
}

/** Refuses options that nobody reads: a misspelt one would silently do nothing. */
function checkOptions(model: string, options: LoadOptions): void {
  const all: readonly string[] = [...OWN, ...HUB];
  for (const name of Object.keys(options)) {
    if (all.includes(name)) continue;
    const details = { argument: name, expected: all, got: name };
    throw new AttrError(`${model}: unknown option "${name.slice(0, 100)}"; known ones: ${all.join(', ')}.`, details);
  }
}
