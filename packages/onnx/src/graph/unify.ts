import { TraceError, type Graph, type GraphNode, type TypedArray } from '@paperzoo/core';
import type { FlatGraph } from './flatten';
import { fitDim, type Dim, type Sizing } from './size';
import type { Constant, SymbolicGraph, SymbolicNode, SymbolicSpec } from './symbolic-graph';

/** One trace, with the values of those constants that the trace itself made. */
export interface Sized {
  readonly graph: FlatGraph;
  readonly made: ReadonlyMap<number, TypedArray>;
}

/**
 * One graph out of traces of the same function at several sizings: they must differ in nothing but sizes, and each size must be a polynomial
 * of the symbols. Throws one `TraceError` that lists everything else that differs.
 */
export function unify(traces: readonly Sized[], sizings: readonly Sizing[]): SymbolicGraph {
  const [first] = traces.map(({ graph }) => graph) as [FlatGraph];
  const problems: string[] = [];
  refuseOtherStructure(
    traces.map(({ graph }) => graph),
    sizings,
  );
  const values = first.values.map((spec, index): SymbolicSpec => {
    const dims = spec.shape.map((n, axis): Dim => {
      const fitted = fitDim(
        traces.map(({ graph }) => graph.values[index]!.shape[axis]!),
        sizings,
      );
      if (fitted === undefined)
        problems.push(`axis ${axis} of ${ownerOf(first, index)} is no polynomial of the symbols`);
      return fitted ?? n;
    });
    return { dtype: spec.dtype, shape: spec.shape, dims };
  });
  const nodes = first.nodes.map((node, at): SymbolicNode => {
    const sizes = new Map<string, Dim>();
    const each = traces.map(({ graph }) => graph.nodes[at]!.attrs as Record<string, unknown>);
    for (const name of Object.keys(node.attrs)) {
      const found = symbolicAttr(
        name,
        each.map((attrs) => attrs[name]),
        sizings,
      );
      if (!found)
        problems.push(`attribute ${name} of ${where(node)} depends on a symbol in a way that no file can say`);
      else for (const [key, dim] of found) sizes.set(key, dim);
    }
    return { ...node, sizes };
  });
  const constants = new Map<number, Constant>();
  for (const [index, tensor] of first.constants) {
    const held = traces.map(({ made }) => made.get(index));
    const constant = held[0] ? sameConstant(held as TypedArray[], sizings) : ({ kind: 'tensor', tensor } as const);
    if (constant) constants.set(index, constant);
    else problems.push(`the constant ${ownerOf(first, index)} has other values at other sizes`);
  }
  if (problems.length > 0) {
    const listed = [...new Set(problems)].slice(0, 20).join('; ');
    throw new TraceError(`The sizes cannot be left open: ${listed}.`, {
      argument: 'dynamic',
      got: problems,
      remedy: 'Export with that size fixed.',
    });
  }
  return { values, inputs: first.inputs, outputs: first.outputs, constants, nodes };
}

function refuseOtherStructure(graphs: readonly Graph[], sizings: readonly Sizing[]): void {
  const [first, ...others] = graphs as [Graph, ...Graph[]];
  const ranks = (graph: Graph) => graph.values.map(({ shape, dtype }) => `${dtype}${shape.length}`).join();
  others.forEach((graph, i) => {
    const at = first.nodes.findIndex((node, k) => !sameNode(node, graph.nodes[k]));
    const same =
      at < 0 &&
      graph.nodes.length === first.nodes.length &&
      graph.outputs.join() === first.outputs.join() &&
      ranks(graph) === ranks(first);
    if (same) return;
    const show = (sizing: Sizing) => [...sizing].map(([name, n]) => `${name} = ${n}`).join(', ');
    const node = first.nodes[at] ?? graph.nodes[first.nodes.length];
    throw new TraceError(
      `The function does other things at ${show(sizings[i + 1]!)} than at ${show(sizings[0]!)}, first at ${node ? where(node) : 'its outputs'}.`,
      { argument: 'dynamic', ...(node ? { op: node.op.name } : {}), remedy: 'Export with that size fixed.' },
    );
  });
}

const sameNode = (a: GraphNode, b: GraphNode | undefined): boolean =>
  b !== undefined && a.op === b.op && a.ins.join() === b.ins.join() && a.outs.join() === b.outs.join();

/** The op and the modules that led to it. */
export const where = ({ op, path }: { readonly op: { readonly name: string }; readonly path: readonly string[] }) =>
  path.length > 0 ? `${op.name} in ${path.join('.')}` : op.name;

function ownerOf(graph: Graph, index: number): string {
  const input = graph.inputs.indexOf(index);
  if (input >= 0) return `input ${input}`;
  const maker = graph.nodes.find((node) => node.outs.includes(index));
  if (maker) return `the result of ${where(maker)}`;
  const user = graph.nodes.find((node) => node.ins.includes(index));
  return user ? `that goes into ${where(user)}` : `${index}`;
}

/** Symbolic sizes in one attribute; empty when it is the same everywhere, undefined when it differs in another way. */
function symbolicAttr(
  name: string,
  each: readonly unknown[],
  sizings: readonly Sizing[],
): ReadonlyMap<string, Dim> | undefined {
  const [first] = each;
  if (each.every((value) => Object.is(value, first) || JSON.stringify(value) === JSON.stringify(first)))
    return new Map();
  const found = new Map<string, Dim>();
  const lists = each.map((value) => (Array.isArray(value) ? (value as readonly unknown[]) : [value]));
  if (lists.some((list) => list.length !== lists[0]!.length)) return undefined;
  for (let i = 0; i < lists[0]!.length; i++) {
    const numbers = lists.map((list) => list[i]);
    if (!numbers.every((n): n is number => typeof n === 'number')) return undefined;
    const fitted = fitDim(numbers, sizings);
    if (fitted === undefined) return undefined;
    if (typeof fitted !== 'number') found.set(Array.isArray(first) ? `${name}.${i}` : name, fitted);
  }
  return found;
}

/** The same values everywhere, or one number everywhere. */
function sameConstant(each: readonly TypedArray[], sizings: readonly Sizing[]): Constant | undefined {
  const [first] = each as [TypedArray];
  const equal = (other: TypedArray) => other.length === first.length && other.every((x, i) => Object.is(x, first[i]));
  if (each.every(equal)) return { kind: 'data', data: first };
  if (!each.every((data) => data.length > 0 && data.every((x) => Object.is(x, data[0])))) return undefined;
  const value = fitDim(
    each.map((data) => data[0]!),
    sizings,
  );
  return value === undefined ? undefined : { kind: 'fill', value };
}
