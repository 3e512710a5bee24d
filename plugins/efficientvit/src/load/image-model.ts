import {
  AttrError,
  DisposedError,
  ModelError,
  type GraphSource,
  type Model,
  type Tensor,
  type Zoo,
} from '@paperzoo/core';
import { decodeImage, preprocessImage, type PreprocessOptions, type RgbImage } from '@paperzoo/hub';
import type { AnyModule, HostTensor } from '@paperzoo/nn';

/** What computes: a module, or its inference graph. Images are [B, C, H, W]. */
export interface ImageGraph {
  forward(x: Tensor): Tensor;
  forwardIntermediates(x: Tensor, indices?: readonly number[]): Tensor[];
  dispose(): void;
}

/** A path (Node), an https address, an image file's bytes, or decoded pixels. */
export type ImageInput = string | URL | Uint8Array | ArrayBuffer | Blob | RgbImage;

/** One class of an answer. */
export interface ClassScore {
  readonly index: number;
  /** Absent when the model's classes have no known names. */
  readonly label?: string;
  /** WordNet id, for ImageNet's classes. */
  readonly wnid?: string;
  /** Probability, 0 to 1. */
  readonly score: number;
  readonly logit: number;
}

export interface ClassLabel {
  readonly name: string;
  readonly wnid?: string;
}

export interface ClassifyOptions {
  /** How many classes; default 5. */
  readonly topk?: number;
  readonly signal?: AbortSignal;
  /** What computes the logits instead of the model itself: its graph on an executor, from `zoo.compile`. */
  readonly forward?: (x: Tensor) => Promise<Tensor>;
}

export interface ImageModelParts<M extends AnyModule> {
  readonly name: string;
  readonly zoo: Zoo;
  readonly module: M;
  readonly graph: ImageGraph;
  readonly config: Readonly<Record<string, unknown>>;
  readonly preprocessing: PreprocessOptions;
  readonly numClasses: number;
  /** Names of the classes, fetched when first asked for; undefined when unknown. */
  readonly labels?: () => Promise<readonly ClassLabel[]>;
}

/** A loaded image model: pixels in, features or class scores out. */
export class ImageModel<M extends AnyModule = AnyModule> implements Model {
  readonly name: string;
  readonly zoo: Zoo;
  readonly config: Readonly<Record<string, unknown>>;
  private disposed = false;

  constructor(private readonly parts: ImageModelParts<M>) {
    this.name = parts.name;
    this.zoo = parts.zoo;
    this.config = Object.freeze({ ...parts.config });
  }

  /** The module with upstream's keys: what `{ train: true }` computes with. Otherwise its values stay in ordinary memory until asked for. */
  get module(): M {
    return this.parts.module;
  }

  /** Logits [B, numClasses] of prepared images [B, C, H, W]. The caller disposes the result. */
  forward(x: Tensor): Tensor {
    this.refuseDisposed();
    return this.zoo.scope(() => this.parts.graph.forward(x));
  }

  /** What `forward` does to any number of prepared images, in eval mode, as a graph: `zoo.compile` and exporters take it. */
  graphs(): { readonly forward: GraphSource<(x: Tensor) => Tensor> } {
    const { inChans = 3 } = this.config;
    const { size = 224 } = this.parts.preprocessing;
    return {
      forward: {
        fn: (x) => this.evaluated(() => this.forward(x)),
        inputs: [{ name: 'pixel_values', shape: ['N', Number(inChans), size, size], dtype: 'f32' }],
        outputs: [this.parts.numClasses === 0 ? 'features' : 'logits'],
      },
    };
  }

  /** The stages' maps [B, C, H, W], coarser and coarser; `indices` picks some of them. The caller disposes them. */
  features(x: Tensor, indices?: readonly number[]): Tensor[] {
    this.refuseDisposed();
    return this.zoo.scope(() => this.parts.graph.forwardIntermediates(x, indices));
  }

  /** Images as the model wants them: resized, cropped and normalised as in its evaluation, [B, C, S, S]. */
  async preprocess(
    images: ImageInput | readonly ImageInput[],
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<Tensor> {
    this.refuseDisposed();
    const list = Array.isArray(images) ? (images as readonly ImageInput[]) : [images as ImageInput];
    const decoded = await Promise.all(list.map((image) => (isPixels(image) ? image : decodeImage(image, { signal }))));
    const { data, shape } = preprocessImage(decoded, this.parts.preprocessing);
    this.refuseDisposed();
    return this.zoo.tensor(data, { shape });
  }

  /** The most probable classes, best first; a list of lists for a list of images. */
  classify(image: ImageInput, options?: ClassifyOptions): Promise<ClassScore[]>;
  classify(images: readonly ImageInput[], options?: ClassifyOptions): Promise<ClassScore[][]>;
  async classify(
    images: ImageInput | readonly ImageInput[],
    { topk = 5, signal, forward }: ClassifyOptions = {},
  ): Promise<ClassScore[] | ClassScore[][]> {
    const { numClasses, labels } = this.parts;
    if (numClasses === 0)
      throw new ModelError(`${this.name} was loaded without a classifier.`, { argument: 'numClasses' });
    if (!Number.isInteger(topk) || topk < 1) {
      throw new AttrError(`topk must be a positive integer, got ${topk}.`, { argument: 'topk', got: topk });
    }
    if (Array.isArray(images) && images.length === 0) return [];
    const x = await this.preprocess(images, { signal });
    let logits: Tensor;
    try {
      logits = forward ? await forward(x) : this.forward(x);
    } finally {
      x.dispose();
    }
    const values = await logits.data();
    logits.dispose();
    const names = await labels?.();
    const rows = Array.from({ length: values.length / numClasses }, (_, b) =>
      best(values.subarray(b * numClasses, (b + 1) * numClasses), topk, names),
    );
    return Array.isArray(images) ? rows : rows[0]!;
  }

  /** Every weight in ordinary memory under upstream's keys, as it was loaded; hub's `saveSafetensors` takes it. */
  async stateDict(): Promise<Map<string, HostTensor>> {
    this.refuseDisposed();
    return this.parts.module.stateDict();
  }

  /** Switches to batch statistics; refused by the inference graph, which has none. */
  train(mode = true): this {
    this.refuseDisposed();
    if (mode && this.parts.graph !== (this.parts.module as unknown)) {
      throw new ModelError(`${this.name} was loaded for inference: its norms are folded into other weights.`, {
        argument: 'train',
        remedy: 'Load it with { train: true }.',
      });
    }
    this.parts.module.train(mode);
    return this;
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.parts.graph.dispose();
    this.parts.module.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  private evaluated<T>(fn: () => T): T {
    const { module } = this.parts;
    if (!module.training) return fn();
    module.eval();
    try {
      return fn();
    } finally {
      module.train();
    }
  }

  private refuseDisposed(): void {
    if (this.disposed) throw new DisposedError(`The model ${this.name} was used after it was disposed.`);
  }
}

const isPixels = (image: ImageInput): image is RgbImage => typeof image === 'object' && 'data' in image;

/** Softmax over one row in float64 and its k largest entries; equal ones in the order of their indices. */
function best(logits: ArrayLike<number>, k: number, names: readonly ClassLabel[] | undefined): ClassScore[] {
  const values = Array.from(logits);
  const top = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const total = values.reduce((sum, value) => sum + Math.exp(value - top), 0);
  return values
    .map((logit, index) => ({ logit, index }))
    .sort((a, b) => b.logit - a.logit || a.index - b.index)
    .slice(0, k)
    .map(({ logit, index }) => {
      const known = names?.[index];
      return {
        index,
        ...(known && { label: known.name, ...(known.wnid !== undefined && { wnid: known.wnid }) }),
        score: Math.exp(logit - top) / total,
        logit,
      };
    });
}
