import type { GraphFn, GraphSource, Model, Spec, Tensor, Zoo } from '@paperzoo/core';
import { ModelError } from '@paperzoo/core';
import type { OnnxExport } from './export';
import { exportOnnx } from './export-onnx';
import type { ExportOptions } from './options';

/** Options of `exportOnnx` less what a described graph says itself. */
export interface GraphExportOptions extends Omit<ExportOptions, 'inputNames' | 'outputNames' | 'dynamic'> {
  /** Sizes for named dimensions that need not vary: runtimes plan ahead what is fixed. Default: all of them vary. */
  readonly sizes?: Readonly<Record<string, number>>;
}

/** A size to trace named dimensions at; the exporter finds out what depends on it. */
const ANY_SIZE = 2;

/** The ONNX file of a described graph, its named dimensions open. Throws as `exportOnnx` does. */
export function exportGraph<F extends GraphFn>(
  zoo: Zoo,
  { fn, inputs, outputs }: GraphSource<F>,
  { sizes = {}, ...options }: GraphExportOptions = {},
): Promise<OnnxExport> {
  const fixed = (size: number | string): number | undefined =>
    typeof size === 'number' ? size : Object.hasOwn(sizes, size) ? sizes[size] : undefined;
  const specs = inputs.map(({ shape, dtype }): Spec => ({
    dtype,
    shape: shape.map((size) => fixed(size) ?? ANY_SIZE),
  }));
  const open = inputs.map(({ name, shape }) => {
    const axes = shape.flatMap((size, axis): [number, string][] =>
      typeof size === 'string' && fixed(size) === undefined ? [[axis, size]] : [],
    );
    return [name, Object.fromEntries(axes) as Record<number, string>] as const;
  });
  return exportOnnx(zoo, fn as unknown as (...inputs: Tensor[]) => Tensor | readonly Tensor[], specs, {
    ...options,
    inputNames: inputs.map(({ name }) => name),
    ...(outputs && { outputNames: outputs }),
    dynamic: Object.fromEntries(open),
  });
}

/**
 * The ONNX file of a loaded model: of its first graph, or of the one that is named. The file's metadata says which model it is, of which plugin,
 * and holds the configuration with its hash.
 * @throws ModelError for a model without graphs, or without one of this name; otherwise as `exportOnnx`
 */
export async function exportModel(
  zoo: Zoo,
  model: Model,
  { graph, metadata, ...options }: GraphExportOptions & { readonly graph?: string } = {},
): Promise<OnnxExport> {
  const graphs = model.graphs?.() ?? {};
  const names = Object.keys(graphs);
  const name = graph ?? names[0];
  if (name === undefined || !Object.hasOwn(graphs, name)) {
    const which = names.length > 0 ? `has the graphs ${names.join(', ')}, not "${name}"` : 'describes no graphs';
    throw new ModelError(`${model.name} ${which}.`, { argument: 'graph', expected: names, got: name });
  }
  return exportGraph(zoo, graphs[name]!, { ...options, metadata: { ...(await about(zoo, model, name)), ...metadata } });
}

/** Entries for the file's metadata. */
async function about(zoo: Zoo, { name, config }: Model, graph: string): Promise<Record<string, string>> {
  const plugin = zoo.plugins.find(({ models }) => models?.some((card) => card.name === name));
  const json = JSON.stringify(config);
  // Pages without a secure context have no hashes.
  const subtle = (globalThis.crypto as Crypto | undefined)?.subtle;
  const hash = subtle && new Uint8Array(await subtle.digest('SHA-256', new TextEncoder().encode(json)));
  return {
    'paperzoo.model': name,
    'paperzoo.graph': graph,
    ...(plugin && { 'paperzoo.plugin': plugin.name, 'paperzoo.paper': plugin.paper.title }),
    'paperzoo.config': json,
    ...(hash && { 'paperzoo.config_sha256': [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('') }),
  };
}
