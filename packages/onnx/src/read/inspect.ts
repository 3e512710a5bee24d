import type { onnx } from 'onnx-proto';
import { refuser } from './bad-model';
import { domainOf, full, nodesOf, opsetsOf } from './check-operators';
import { externalDataOf } from './check-tensor';
import { elementType } from './element-types';
import { readModel, type ReadOnnxOptions } from './read-model';

/** An input or output of a model. `dtype` is ONNX's name, such as `float32`; a size is a number, a name, or null where it is not said. */
export interface OnnxValue {
  readonly name: string;
  readonly dtype: string | null;
  readonly dims: readonly (number | string | null)[] | null;
}

/** What a model's file says of itself. */
export interface OnnxSummary {
  readonly irVersion: number;
  /** Version by domain; the standard operators' domain is `ai.onnx`. */
  readonly opsets: Readonly<Record<string, number>>;
  readonly producer: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Inputs that must be fed; those with a default are left out. */
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** Nodes of the main graph. */
  readonly nodes: number;
  /** How often each operator stands in the model, in graphs within graphs and in functions too; most frequent first. */
  readonly operators: Readonly<Record<string, number>>;
  readonly functions: readonly string[];
  /** Elements of all stored tensors, and their bytes. */
  readonly parameters: number;
  readonly weightBytes: number;
  /** Files beside the model that hold tensors. */
  readonly externalFiles: readonly string[];
}

/**
 * Reads a model's file and tells what is in it, without running it.
 * @throws FormatError for bytes that are no sound model; UnsupportedError that lists every operator that is not known
 */
export function inspectOnnx(bytes: Uint8Array, options: ReadOnnxOptions = {}): OnnxSummary {
  const model = readModel(bytes, options);
  const graph = model.graph!;
  const stored = graph.initializer ?? [];
  const defaults = new Set(stored.map(({ name }) => name));
  const counts = new Map<string, number>();
  for (const { node } of nodesOf(model)) {
    const name = full(domainOf(node.domain), node.opType ?? '');
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const refuse = refuser(options.file);
  const files = stored
    .filter((tensor) => tensor.dataLocation === 1)
    .map((tensor) => externalDataOf(tensor, refuse).location);
  const elements = stored.map(({ dims }) => (dims ?? []).reduce<number>((product, dim) => product * Number(dim), 1));
  return {
    irVersion: Number(model.irVersion),
    opsets: Object.fromEntries(
      [...opsetsOf(model.opsetImport)].map(([domain, version]) => [domain || 'ai.onnx', version]),
    ),
    producer: [model.producerName, model.producerVersion].filter(Boolean).join(' '),
    metadata: Object.fromEntries((model.metadataProps ?? []).map(({ key, value }) => [key ?? '', value ?? ''])),
    inputs: (graph.input ?? []).filter(({ name }) => !defaults.has(name)).map(valueOf),
    outputs: (graph.output ?? []).map(valueOf),
    nodes: graph.node?.length ?? 0,
    operators: Object.fromEntries([...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))),
    functions: (model.functions ?? []).map(({ domain, name }) => full(domainOf(domain), name ?? '')),
    parameters: elements.reduce((sum, each) => sum + each, 0),
    weightBytes: stored.reduce(
      (sum, { dataType }, i) => sum + (elements[i]! * (elementType(dataType ?? 0)?.bits ?? 0)) / 8,
      0,
    ),
    externalFiles: [...new Set(files)],
  };
}

function valueOf({ name, type }: onnx.IValueInfoProto): OnnxValue {
  const tensor = type?.tensorType;
  return {
    name: name ?? '',
    dtype: tensor ? (elementType(tensor.elemType ?? 0)?.name ?? null) : null,
    dims: tensor?.shape
      ? (tensor.shape.dim ?? []).map((dim) => dim.dimParam || (dim.dimValue == null ? null : Number(dim.dimValue)))
      : null,
  };
}
