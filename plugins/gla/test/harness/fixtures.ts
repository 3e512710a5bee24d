import type { Tolerance } from './closeness';
import { det, type DetRecipe } from './det';
import { fileBytes, fileJson, locate } from './files';
import { readStored, type StoredTensor } from './stored';

/** How the manifest writes an input: generated, or stored in the case's file. */
export type Source = { readonly det: DetRecipe } | { readonly tensor: string };

/** One module or layer with its inputs and upstream's outputs; `d_x` is the gradient of x of the weighted sum that `loss` gives. */
export interface Case {
  readonly name: string;
  readonly file: string;
  readonly hyper: Readonly<Record<string, unknown>>;
  readonly inputs: Readonly<Record<string, Source>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly loss?: Readonly<Record<string, { readonly det: DetRecipe }>>;
  readonly tolerance: Readonly<Record<string, Tolerance>>;
}

/** One run of a checkpoint; tensor names point into its `expected.safetensors`. */
export interface ModelTest {
  readonly kind: 'logits' | 'padded' | 'generate' | 'loss_grad';
  readonly id: string;
  readonly input_ids: string;
  readonly attention_mask?: string;
  readonly logits?: string;
  readonly hidden_states?: readonly string[];
  readonly recurrent_state?: readonly string[] | null;
  readonly generated?: string;
  readonly step_logits?: string;
  readonly length_if_stopping_at_eos?: readonly number[];
  readonly labels?: string;
  readonly loss?: number;
  readonly grads?: Readonly<Record<string, string>>;
  readonly targets?: string;
  readonly tolerance: Readonly<Record<string, Tolerance>>;
}

export interface CheckpointFixture {
  readonly name: string;
  readonly tests: readonly ModelTest[];
  /** Weights that are generated instead of stored: shape, scale, offset by key. */
  readonly weights?: Readonly<Record<string, readonly [shape: readonly number[], scale: number, offset: number]>>;
}

interface Manifest {
  readonly cases: readonly Case[];
  readonly checkpoints: readonly CheckpointFixture[];
}

const files = new Map<string, ReadonlyMap<string, StoredTensor>>();

/** What there is; a page has it once its files are there. */
export const manifest = (): Manifest => fileJson('models/manifest.json') as Manifest;

/** A stored tensor of a file below the fixtures' folder. */
export function stored(file: string, name: string): StoredTensor {
  if (!files.has(file)) files.set(file, readStored(fileBytes(`models/${file}`)));
  const found = files.get(file)!.get(name);
  if (!found) throw new Error(`${file} holds no "${name}".`);
  return found;
}

/** An input as the manifest describes it. */
export function input(entry: Case, name: string): StoredTensor {
  const source = entry.inputs[name]!;
  return 'det' in source ? { shape: source.det[1], values: det(source.det) } : stored(entry.file, source.tensor);
}

/** Rows of a stored matrix as nested arrays. */
export function rowsOf({ shape: [rows, width], values }: StoredTensor): number[][] {
  return Array.from({ length: rows! }, (_, b) => [...values.subarray(b * width!, (b + 1) * width!)]);
}

/** The folder of a checkpoint's config and expected outputs. */
export const folderOf = (name: string): string => locate(`models/${name}`);

/** The cases of one file, for `test.each`. */
export const casesOf = (file: string): [name: string, entry: Case][] =>
  manifest()
    .cases.filter((entry) => entry.file === file)
    .map((entry) => [entry.name, entry]);
