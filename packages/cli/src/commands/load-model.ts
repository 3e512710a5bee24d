import type { LoadOptions, Model, ModelCard, ProgressEvent, Zoo } from '@paperzoo/core';
import type { Context } from '../context';
import { startProgress } from '../terminal/progress';

/** Where weights come from and how they get here. */
export interface WeightOptions {
  readonly weights?: string;
  readonly imgSize?: number;
  readonly revision?: string;
  readonly endpoint?: string;
  readonly cacheDir?: string;
  readonly localFilesOnly?: boolean;
  /** Of fresh weights. */
  readonly seed?: number;
}

/** The options, with a repository that was given as the model's name as the place of its weights. */
export const weightsOf = <O extends WeightOptions>(name: string, options: O): O =>
  /^hf:/.test(name) && options.weights === undefined ? { ...options, weights: name } : options;

/** Where the card says that its weights are: on a hub, or in an npm package. */
export const weightsSource = ({ hub, package: name }: ModelCard): string | undefined =>
  hub ? `hf:${hub.repo}` : name && `npm:${name}`;

/** Loads a model with a progress bar; Ctrl-C stops it. `random` as weights gives fresh ones. */
export async function loadModel(
  { terminal, signal }: Context,
  zoo: Zoo,
  card: ModelCard,
  options: WeightOptions,
): Promise<Model> {
  const progress = startProgress(terminal, `Loading ${card.name}`);
  try {
    return await zoo.load(card.name, { ...loadOptions(options), signal, onProgress: tell });
  } finally {
    progress.stop();
  }

  function tell({ status, file, progress: percent }: ProgressEvent): void {
    if (status === 'download') progress.log(`Fetching ${file}`);
    if (status === 'progress_total' && percent !== undefined) progress.update(percent / 100);
  }
}

function loadOptions({
  weights,
  imgSize,
  revision,
  endpoint,
  cacheDir,
  localFilesOnly,
  seed,
}: WeightOptions): LoadOptions {
  const hub = endpoint ?? process.env['HF_ENDPOINT'];
  const token = process.env['HF_TOKEN'];
  const given = {
    ...{ imgSize, revision, cacheDir, localFilesOnly },
    ...(weights === 'random' ? { weights: false as const, seed } : { weights }),
    endpoint: hub || undefined,
    // The hub refuses to send a token in the clear; a mirror on this machine needs none.
    token: token && (hub ?? 'https:').startsWith('https:') ? token : undefined,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
