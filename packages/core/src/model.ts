import { ModelError } from './errors';
import type { GraphSource } from './executor';
import type { Plugin } from './plugin';
import type { Zoo } from './zoo';

/** transformers.js' progress vocabulary, so that existing progress bars work. */
export interface ProgressEvent {
  readonly status: 'initiate' | 'download' | 'progress' | 'progress_total' | 'done' | 'ready';
  readonly name?: string;
  readonly file?: string;
  readonly loaded?: number;
  readonly total?: number;
  /** Percent, 0 to 100. */
  readonly progress?: number;
}

/** Options of `zoo.load` that every model understands; a model may take more. */
export interface LoadOptions {
  /** Where the checkpoint is: `hf:org/repo`, an https URL, a file or folder (Node), or the bytes. Default: the card's own. `false`: fresh weights. */
  readonly weights?: string | Uint8Array | ArrayBuffer | false;
  readonly revision?: string;
  readonly onProgress?: (event: ProgressEvent) => void;
  readonly signal?: AbortSignal;
  readonly cacheDir?: string;
  readonly localFilesOnly?: boolean;
  readonly [option: string]: unknown;
}

/** What every loaded model offers beside its own methods. */
export interface Model {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Its functions of tensors by name, for exporters and executors; the main one first. */
  graphs?(): Readonly<Record<string, GraphSource>>;
  dispose(): void;
  [Symbol.dispose](): void;
}

/** A named model, light enough to list offline; its code is imported by `load`. */
export interface ModelCard<M extends Model = Model, O extends LoadOptions = LoadOptions> {
  /** `arch_variant.tag`, or `arch_variant` for one without published weights. */
  readonly name: string;
  readonly task: 'image-classification' | 'text-generation' | string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly license?: string;
  /** Published weights: in a hub's repository, or in an npm package that is a plugin's optional peer. */
  readonly hub?: {
    readonly repo: string;
    readonly revision?: string;
    readonly file?: string;
    readonly sha256?: string;
    readonly bytes?: number;
  };
  readonly package?: string;
  /** Published figures with their source. */
  readonly metrics?: Readonly<Record<string, { readonly value: number; readonly source: string }>>;
  /** Parameters and multiply-adds, checked against the built model by the conformance kit. */
  readonly params?: number;
  readonly macs?: number;
  load(zoo: Zoo, card: ModelCard, options: O): Promise<M>;
}

/** Natural order: m2 before m10. */
const collator = new Intl.Collator('en', { numeric: true });

function globToRegExp(glob: string): RegExp {
  const escaped = glob.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*+|\?/g, (c) => (c === '?' ? '.' : '.*'));
  return new RegExp(`^${escaped}$`);
}

/** Cards whose names match the glob (`*` and `?`), in natural order; works offline. */
export function listModels(
  plugins: readonly Plugin[],
  glob = '*',
  { pretrained = false }: { pretrained?: boolean } = {},
): ModelCard[] {
  const pattern = globToRegExp(glob);
  return plugins
    .flatMap((plugin) => plugin.models ?? [])
    .filter((card) => pattern.test(card.name) && (!pretrained || card.hub || card.package))
    .sort((a, b) => collator.compare(a.name, b.name));
}

/** The tag is what follows the last dot: `gla_1.3b.100b` is `gla_1.3b` with the tag `100b`. */
const untagged = (name: string) => name.replace(/\.[^.]*$/, '');

/** The card for a name, a name without its tag (the first that its plugin lists), or `hf:org/repo`; otherwise an error with the nearest names. */
export function findModel(plugins: readonly Plugin[], name: string): ModelCard {
  if (typeof name !== 'string')
    throw new ModelError(`A model's name must be a string, got ${typeof name}.`, { argument: 'name', got: name });
  const cards = plugins.flatMap((plugin) => plugin.models ?? []);
  const repo = /^hf:([^@]+)(?:@.*)?$/.exec(name)?.[1];
  const wanted = repo ? repo.split('/').at(-1)! : name;
  const card =
    (repo && cards.find((c) => c.hub?.repo === repo)) ||
    cards.find((c) => c.name === wanted) ||
    cards.find((c) => untagged(c.name) === wanted);
  if (card) return card;
  const namesake = plugins.flatMap((plugin) => plugin.namesakes ?? []).find((known) => known.name.test(wanted));
  if (namesake) throw new ModelError(`"${name.slice(0, 200)}" is ${namesake.is}.`, { argument: 'name', got: name });
  const near = cards
    .map((c) => ({ name: c.name, distance: editDistance(untagged(c.name), untagged(wanted)) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3);
  const hint = near.length
    ? `Did you mean ${near.map((n) => n.name).join(', ')}?`
    : 'No plugin with models was given to createZoo.';
  throw new ModelError(`Unknown model "${name.slice(0, 200)}". ${hint}`, {
    argument: 'name',
    got: name,
    expected: near.map((n) => n.name),
    ...(repo
      ? { remedy: `For weights from another repository: zoo.load('<model>', { weights: '${name.slice(0, 200)}' }).` }
      : {}),
  });
}

function editDistance(a: string, b: string): number {
  const [x, y] = [a.slice(0, 64), b.slice(0, 64)];
  let row = Array.from({ length: y.length + 1 }, (_, j) => j);
  for (let i = 1; i <= x.length; i++) {
    const next = [i];
    for (let j = 1; j <= y.length; j++) {
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (x[i - 1] === y[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[y.length]!;
}
