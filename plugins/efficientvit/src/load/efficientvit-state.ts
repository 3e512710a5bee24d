import { ModelError } from '@paperzoo/core';
import { hostTensor, Parameter, reshapeHost, type HostTensor } from '@paperzoo/nn';
import { EfficientViT } from '../models/efficientvit';
import { timmKeys } from '../models/efficientvit-keys';
import { efficientvitVariants } from '../models/efficientvit-variants';
import { resizeBiasTable } from '../models/resize-bias';

export interface StateOptions {
  /** Named in errors. */
  readonly model: string;
  /** Interpolate bias tables made for other windows, as Cream's loader does. Default false: another size is an error. */
  readonly resizeBias?: boolean;
}

/**
 * Loads a published state dict, timm's layout or Cream's, into the module. Two-dimensional weights of 1×1 convolutions are taken as such.
 * @throws ModelError that lists every misfit, names the variant that the file seems to hold, or points to `resizeBias`
 */
export function loadEfficientViTState(
  module: EfficientViT,
  state: ReadonlyMap<string, HostTensor>,
  { model, resizeBias = false }: StateOptions,
): void {
  const renamed = timmKeys(state, { distillation: module.config.distillation });
  refuseOtherNetwork(model, renamed);
  const tables: TableMisfit[] = [];
  for (const [key, entry] of module.namedState()) {
    const value = renamed.get(key);
    if (!value || !(entry instanceof Parameter)) continue;
    if (isFlatPointwise(value.shape, entry.shape)) renamed.set(key, reshapeHost(value, entry.shape));
    else if (key.endsWith('.attention_biases')) {
      const table = fitTable(key, value, entry.shape, resizeBias);
      if ('key' in table) tables.push(table);
      else renamed.set(key, table);
    }
  }
  try {
    if (tables.length) refuseTables(model, module, tables);
    module.loadStateDict(renamed, { model });
  } catch (error) {
    const found = variantOf(renamed);
    if (!(error instanceof ModelError) || !found || found === variantOf(module.namedState())) throw error;
    throw new ModelError(`${model}: this looks like a checkpoint of ${found}. ${error.message}`, {
      ...error.details,
      remedy: `Load ${found}, or another file.`,
    });
  }
}

/** [o, i] where a 1×1 convolution [o, i, 1, 1] is wanted. */
const isFlatPointwise = (got: readonly number[], wanted: readonly number[]) =>
  got.length === 2 && wanted.length === 4 && wanted[2] === 1 && wanted[3] === 1 && got.every((n, i) => n === wanted[i]);

interface TableMisfit {
  readonly key: string;
  readonly from: number;
  readonly to: number;
}

/** The table as it is when it fits or cannot be helped, resized when that is asked for, or what does not fit. */
function fitTable(
  key: string,
  value: HostTensor,
  wanted: readonly number[],
  resize: boolean,
): HostTensor | TableMisfit {
  const [heads, columns] = value.shape as readonly [number, number];
  const from = Math.sqrt(columns);
  const to = Math.sqrt(wanted[1]!);
  if (value.shape.length !== 2 || heads !== wanted[0] || from === to || !Number.isInteger(from)) return value;
  if (!resize) return { key, from, to };
  return hostTensor(wanted, resizeBiasTable(value.toF32(), heads, from, to));
}

function refuseTables(model: string, module: EfficientViT, tables: readonly TableMisfit[]): never {
  const { key, from, to } = tables[0]!;
  const more = tables.length > 1 ? ` (and ${tables.length - 1} more)` : '';
  const size = module.config.imgSize ?? 'any';
  throw new ModelError(
    `${model}: ${key}${more} was made for windows of ${from}×${from} tokens; at imgSize ${size} the model has ${to}×${to}.`,
    {
      argument: key,
      expected: `${to}×${to}`,
      got: `${from}×${from}`,
      remedy: 'Use the imgSize of the checkpoint, or pass { resizeBias: true } to interpolate the tables.',
    },
  );
}

type Shapes = ReadonlyMap<string, { readonly shape: readonly number[] }>;

/** Which published variant has these widths, heads and kernels; undefined for a model of one's own. */
function variantOf(state: Shapes): string | undefined {
  const probes = [0, 1, 2].flatMap((s) => [
    `stages.${s}.blocks.0.mixer.m.attn.attention_biases`,
    `stages.${s}.blocks.0.mixer.m.attn.dws.0.conv.weight`,
    `stages.${s}.blocks.0.dw0.m.conv.weight`,
  ]);
  const depth = (shapes: Shapes) =>
    [1, 2].map((s) => shapes.has(`stages.${s}.blocks.${s + 1}.dw0.m.conv.weight`)).join();
  const sketch = (shapes: Shapes) =>
    probes
      .map((key) => (key.endsWith('biases') ? shapes.get(key)?.shape[0] : shapes.get(key)?.shape.join('x')))
      .concat(depth(shapes))
      .join();
  const own = sketch(state);
  return Object.entries(efficientvitVariants).find(
    ([, config]) => sketch(new EfficientViT(config).namedState()) === own,
  )?.[0];
}

/** MIT's EfficientViT (ReLU linear attention) shares nothing but the name. */
function refuseOtherNetwork(model: string, state: Shapes): void {
  if (![...state.keys()].some((key) => key.startsWith('stem.in_conv.') || key.includes('.context_module.'))) return;
  throw new ModelError(
    `${model}: this checkpoint is of MIT's EfficientViT (efficientvit_b*, efficientvit_l*; arXiv 2205.14756), another network of the same name.`,
    { argument: 'weights', expected: 'a checkpoint of efficientvit_m0 to efficientvit_m5' },
  );
}
