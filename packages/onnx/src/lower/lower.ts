import {
  DTYPES,
  NoKernelError,
  TraceError,
  type DType,
  type GraphNode,
  type Spec,
  type TypedArray,
} from '@paperzoo/core';
import type { Dim } from '../graph/size';
import type { Constant, SymbolicGraph, SymbolicNode, SymbolicSpec } from '../graph/symbolic-graph';
import { where } from '../graph/unify';
import type { OnnxGraph, OnnxValue, Weight } from '../model/onnx-graph';
import { Names } from './names';
import type { OnnxCall, OnnxRule, OnnxTarget } from './rule';
import { CORE_RULES } from './rules/index';
import { Scribe, type Sources } from './scribe';
import { Weights } from './weights';

/** The op's own rule, or the one for a core op. */
export const ruleOf = ({ op }: Pick<GraphNode, 'op'>): OnnxRule | undefined =>
  (op.implementation.onnx as OnnxRule | undefined) ?? CORE_RULES.get(op.name);

/** Whether the node has a rule that applies to it. */
export const hasRule =
  (target: OnnxTarget) =>
  (node: Pick<GraphNode, 'op' | 'ins' | 'attrs'>, { values }: { readonly values: readonly Spec[] }): boolean => {
    const found = ruleOf(node);
    return (
      found !== undefined &&
      (found.applies?.(
        node.ins.map((index) => (index < 0 ? undefined : values[index])),
        node.attrs,
        target,
      ) ??
        true)
    );
  };

/** Throws one error that names every op of which no node can be made, and every size that a rule cannot leave open. */
export function refuseUnknown(graph: SymbolicGraph): void {
  const unknown = graph.nodes.filter((node) => !ruleOf(node));
  const open = graph.nodes.flatMap((node) => {
    const known = ruleOf(node)?.sizes ?? [];
    return [...node.sizes.keys()]
      .filter((key) => !known.includes(key.split('.')[0]!))
      .map((key) => `attribute ${key.split('.')[0]} of ${where(node)} depends on a symbol`);
  });
  const problems = [
    ...unknown.map((node) => `${where(node)} has neither an ONNX rule nor a composite that can be traced`),
    ...open,
  ];
  if (problems.length === 0) return;
  throw new NoKernelError(`The graph cannot be written as ONNX: ${[...new Set(problems)].join('; ')}.`, {
    op: [...new Set([...unknown.map((node) => node.op.name)])].join(', '),
    got: problems,
    remedy: 'Give these ops a composite, or an `onnx` rule with `implement`.',
  });
}

export interface LowerOptions extends OnnxTarget {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
}

/** Turns a graph of ops with rules into a graph of ONNX nodes. */
export function lower(graph: SymbolicGraph, options: LowerOptions): OnnxGraph {
  const names = new Names();
  const weights = new Weights(names);
  const inputs = graph.inputs.map((index, i) => valueOf(names.fresh(options.inputNames[i]!), graph.values[index]!));
  // Outputs have names of the caller's choice: what makes them is renamed at the end, so these must not be taken before.
  const outputs = graph.outputs.map((index, i) => valueOf(names.fresh(options.outputNames[i]!), graph.values[index]!));
  const scribe = new Scribe(names, weights, sourcesOf(inputs));
  const lowering = new Lowering(graph, options, scribe, weights);
  graph.inputs.forEach((index, i) => lowering.names.set(index, inputs[i]!.name));
  for (const node of graph.nodes) lowering.node(node);
  scribe.where = '';
  scribe.origin = undefined;
  const values = new Map<string, OnnxValue>();
  for (const [index, name] of lowering.names)
    if (!weights.all.has(name)) values.set(name, valueOf(name, graph.values[index]!));
  for (const { name } of inputs) values.delete(name);
  const nodes = [
    ...scribe.nodes,
    ...graph.outputs.map((index, i) => ({
      opType: 'Identity',
      domain: '',
      name: names.fresh(`output/${outputs[i]!.name}`),
      inputs: [lowering.nameOf(index)],
      outputs: [outputs[i]!.name],
      attributes: {},
    })),
  ];
  return { name: 'graph', inputs, outputs, nodes, weights: weights.all, values };
}

const valueOf = (name: string, { dtype, dims }: SymbolicSpec): OnnxValue => ({ name, type: dtype, dims });

function sourcesOf(inputs: readonly OnnxValue[]): Sources {
  const sources = new Map<string, { input: string; axis: number }>();
  for (const { name, dims } of inputs) {
    dims.forEach((dim, axis) => {
      const symbol = typeof dim === 'number' ? undefined : dim.symbol;
      if (symbol !== undefined && !sources.has(symbol)) sources.set(symbol, { input: name, axis });
    });
  }
  return sources;
}

class Lowering {
  /** Names of values by number, as far as they are known. */
  readonly names = new Map<number, string>();
  private readonly readers = new Map<number, number>();

  constructor(
    private readonly graph: SymbolicGraph,
    private readonly target: OnnxTarget,
    private readonly scribe: Scribe,
    private readonly weights: Weights,
  ) {
    for (const node of graph.nodes)
      for (const index of node.ins) this.readers.set(index, (this.readers.get(index) ?? 0) + 1);
  }

  node(node: SymbolicNode): void {
    const { graph, scribe } = this;
    scribe.where = node.path.join('.');
    scribe.origin = node.origin;
    const specs = node.ins.map((index) => (index < 0 ? undefined : graph.values[index]!));
    const outs = node.outs.map((index) => graph.values[index]!);
    const nameOf = (index: number) => this.nameOf(index);
    const call: OnnxCall = Object.assign(Object.create(scribe) as Scribe, {
      ...this.target,
      specs,
      outs,
      attrs: node.attrs,
      size: (name: string): Dim => node.sizes.get(name) ?? numberAt(node.attrs, name),
      fixed: (index: number, axis: number) => fixedSize(node, specs[index]!, index, axis),
      constant: (index: number) => this.constantData(node.ins[index]!),
      isShared: (index: number) => graph.constants.has(node.ins[index]!) && this.readers.get(node.ins[index]!)! > 1,
      swapped: (index: number) => this.swapped(node.ins[index]!),
    }) as unknown as OnnxCall;
    // A constant becomes one of the file's only when a rule asks for its name.
    const ins: (string | undefined)[] = [];
    node.ins.forEach((index, i) => {
      Object.defineProperty(ins, i, {
        enumerable: true,
        configurable: true,
        get: () => (index < 0 ? undefined : nameOf(index)),
      });
    });
    Object.defineProperty(call, 'ins', { value: ins });
    const made = ruleOf(node)!.lower(call);
    const names = typeof made === 'string' ? [made] : made;
    node.outs.forEach((index, i) => this.names.set(index, names[i]!));
  }

  nameOf(index: number): string {
    const known = this.names.get(index);
    if (known !== undefined) return known;
    const constant = this.graph.constants.get(index)!;
    const name = this.constantName(index, constant);
    this.names.set(index, name);
    return name;
  }

  private constantName(index: number, constant: Constant): string {
    const { dtype, shape, dims } = this.graph.values[index]!;
    if (constant.kind === 'data') return this.weights.data(constant.data, shape, dtype);
    if (constant.kind === 'tensor') {
      const { tensor } = constant;
      return this.weights.deferred(tensor, 'as is', () => deferred(dtype, shape, () => tensor.data()), 'weight');
    }
    return this.scribe.fill(dims, constant.value, dtype);
  }

  private constantData(index: number): TypedArray | undefined {
    const constant = this.graph.constants.get(index);
    return constant?.kind === 'data' ? constant.data : undefined;
  }

  private swapped(index: number): string {
    const constant = this.graph.constants.get(index);
    const { shape, dtype } = this.graph.values[index]!;
    const rank = shape.length;
    const flipped = [...shape.slice(0, -2), shape[rank - 1]!, shape[rank - 2]!];
    if (constant?.kind === 'data') return this.weights.data(swapLast(constant.data, shape), flipped, dtype);
    if (constant?.kind === 'tensor') {
      const { tensor } = constant;
      const read = async () => swapLast(await tensor.data(), shape);
      return this.weights.deferred(tensor, 'swapped', () => deferred(dtype, flipped, read), 'weight');
    }
    const perm = shape.map((_, i) => (i < rank - 2 ? i : 2 * rank - 3 - i));
    return this.scribe.add('Transpose', [this.nameOf(index)], { perm: { ints: perm } });
  }
}

function fixedSize(node: SymbolicNode, { dims }: SymbolicSpec, index: number, axis: number): number {
  const dim = dims[axis]!;
  if (typeof dim === 'number') return dim;
  throw new TraceError(
    `${where(node)} can only be written for a fixed size of axis ${axis} of ${node.op.inputs[index]?.name ?? index}, which is ${String(dim)}.`,
    { op: node.op.name, argument: 'dynamic', got: String(dim), remedy: 'Export with that size fixed.' },
  );
}

const deferred = (type: DType, dims: readonly number[], read: () => Promise<TypedArray>): Weight => ({
  type,
  dims,
  bytes: dims.reduce((a, b) => a * b, DTYPES[type].bytes),
  read,
});

/** Matrices [..., R, C] read the other way round, [..., C, R]. */
function swapLast(data: TypedArray, shape: readonly number[]): TypedArray {
  const [rows, columns] = [shape.at(-2)!, shape.at(-1)!];
  const out = data.slice();
  const size = rows * columns;
  for (let m = 0; m < data.length; m += size)
    for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) out[m + c * rows + r] = data[m + r * columns + c]!;
  return out;
}

function numberAt(attrs: object, name: string): number {
  const [key, at] = name.split('.') as [string, string?];
  const value = (attrs as Record<string, unknown>)[key];
  return at === undefined ? (value as number) : (value as readonly number[])[Number(at)]!;
}
