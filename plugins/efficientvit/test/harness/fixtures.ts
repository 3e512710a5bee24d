import type { DetRecipe, ImageRecipe } from './det';
import { det, image } from './det';
import { readStored, type StoredTensor } from './safetensors';

/** How the manifest writes a tensor: generated, stored, or constant. */
export type Source =
  | { readonly det: DetRecipe }
  | { readonly image: ImageRecipe }
  | { readonly tensor: string }
  | { readonly path: string };

/** An expected output. */
export interface Expected {
  readonly tensor: string;
  readonly shape?: readonly number[];
  readonly atol?: number;
  readonly rtol?: number;
  /** Only every n-th element of the flat tensor is stored. */
  readonly sample_stride?: number;
  readonly source?: { readonly det: DetRecipe };
  readonly source_shape?: readonly number[];
}

/** One entry of a module trace. */
export interface TraceEntry {
  readonly module: string;
  readonly shape: readonly number[];
  readonly stride: number;
  readonly tensor: string;
  readonly atol: number;
}

/** One case of the manifest. */
export interface Case {
  readonly name: string;
  readonly file: string;
  readonly mode: 'eval' | 'train' | '-';
  readonly hparams: Readonly<Record<string, unknown>>;
  readonly inputs: Readonly<Record<string, Source>>;
  readonly weights: Readonly<Record<string, Source | string>>;
  readonly outputs: Readonly<Record<string, Expected>>;
  readonly passes?: number;
  readonly trace?: readonly TraceEntry[];
  readonly top5?: readonly {
    readonly index: number;
    readonly wnid: string;
    readonly logit: number;
    readonly prob: number;
  }[];
  readonly keys_cream?: readonly (readonly [key: string, shape: readonly number[], dtype: string])[];
  readonly params?: number;
  readonly fused_params?: number;
}

/** A state-dict listing of one published model. */
export interface KeyListing {
  readonly model: string;
  readonly params: number;
  readonly buffers_float: number;
  readonly entries: readonly (readonly [
    key: string,
    shape: readonly number[],
    dtype: 'F32' | 'I64',
    scale: number,
    offset: number,
  ])[];
}

interface Manifest {
  readonly cases: readonly Case[];
  readonly omitted: readonly string[];
}

const text = new TextDecoder();

/** The plugin's fixtures, made of files that were read before, so that the same code runs in Node and in a page. */
export class Fixtures {
  private readonly manifest: Manifest;
  private readonly stored = new Map<string, Map<string, StoredTensor>>();

  constructor(private readonly files: ReadonlyMap<string, Uint8Array>) {
    this.manifest = this.json('manifest.json');
  }

  get names(): string[] {
    return this.manifest.cases.map((entry) => entry.name);
  }

  /** Cases of upstream's manifest that are not stored here. */
  get omitted(): readonly string[] {
    return this.manifest.omitted;
  }

  find(name: string): Case {
    const found = this.manifest.cases.find((entry) => entry.name === name);
    if (!found) throw new Error(`No fixture case is called "${name}".`);
    return found;
  }

  bytes(path: string): Uint8Array {
    const file = this.files.get(path);
    if (!file) throw new Error(`The fixture file "${path}" was not handed in.`);
    return file;
  }

  json<T>(path: string): T {
    return JSON.parse(text.decode(this.bytes(path))) as T;
  }

  /** A stored tensor of a case's file. */
  tensor(file: string, name: string): StoredTensor {
    let tensors = this.stored.get(file);
    if (!tensors) this.stored.set(file, (tensors = readStored(this.bytes(`${file}.safetensors`))));
    const found = tensors.get(name);
    if (!found) throw new Error(`${file}.safetensors holds no "${name}".`);
    return found;
  }

  /** An input or weight as the manifest describes it. */
  resolve(entry: Case, source: Source): StoredTensor {
    if ('det' in source) return { shape: source.det[1], values: det(source.det) };
    if ('image' in source) return { shape: source.image.noise[1], values: image(source.image) };
    if ('tensor' in source) return this.tensor(entry.file, source.tensor);
    throw new Error(`${entry.name}: "${source.path}" is a file, not a tensor.`);
  }

  /** Every weight of a case by state-dict key, counters (zero) included for whole models. */
  weights(entry: Case): Map<string, StoredTensor> {
    const {
      recipe_file: recipe,
      det_prefix: prefix,
      shape_overrides: overrides,
    } = entry.weights as Record<string, unknown>;
    if (typeof recipe !== 'string') {
      // A plain string is a note beside the weights.
      const sources = Object.entries(entry.weights).filter(
        (pair): pair is [string, Source] => typeof pair[1] !== 'string',
      );
      return new Map(sources.map(([key, source]) => [key, this.resolve(entry, source)] as const));
    }
    return this.generate(recipe, String(prefix), (overrides ?? {}) as Record<string, number[]>);
  }

  /** The generated weights of a published model's listing. */
  generate(
    path: string,
    prefix: string,
    overrides: Readonly<Record<string, readonly number[]>> = {},
  ): Map<string, StoredTensor> {
    return new Map(
      this.json<KeyListing>(path).entries.map(([key, listed, dtype, scale, offset]) => {
        const shape = overrides[key] ?? listed;
        const values = dtype === 'I64' ? new Int32Array(1) : det([`${prefix}/${key}`, shape, scale, offset]);
        return [key, { shape, values }] as const;
      }),
    );
  }
}
