import type { OnnxGraph, OnnxNode } from '../model/onnx-graph';

/** Who makes and who reads each value of a graph, also from the graphs inside its nodes. */
export interface GraphView {
  readonly maker: ReadonlyMap<string, OnnxNode>;
  readonly readers: ReadonlyMap<string, readonly OnnxNode[]>;
  readonly isOutput: (name: string) => boolean;
}

/** Names that a node reads: its inputs, and what its inner graphs take from outside. */
export function readsOf(node: OnnxNode): string[] {
  const inner = Object.values(node.attributes).flatMap((value) => ('graph' in value ? innerReads(value.graph) : []));
  return [...node.inputs.filter((name) => name !== ''), ...inner];
}

/** What an inner graph reads and does not make itself. */
function innerReads(graph: OnnxGraph): string[] {
  const own = new Set([...graph.inputs.map(({ name }) => name), ...graph.nodes.flatMap(({ outputs }) => outputs)]);
  const read = [...graph.nodes.flatMap(readsOf), ...graph.outputs.map(({ name }) => name)];
  return read.filter((name) => !own.has(name));
}

export function viewOf(graph: OnnxGraph): GraphView {
  const maker = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const readers = new Map<string, OnnxNode[]>();
  for (const node of graph.nodes) {
    for (const name of new Set(readsOf(node))) {
      const list = readers.get(name);
      if (list) list.push(node);
      else readers.set(name, [node]);
    }
  }
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  return { maker, readers, isOutput: (name) => outputs.has(name) };
}

/** The node with some of its inputs named differently, those of inner graphs too. */
export function renamed(node: OnnxNode, names: ReadonlyMap<string, string>): OnnxNode {
  const now = (name: string) => names.get(name) ?? name;
  const graphOf = (graph: OnnxGraph): OnnxGraph => ({
    ...graph,
    nodes: graph.nodes.map((inner) => renamed(inner, names)),
  });
  const attributes = Object.fromEntries(
    Object.entries(node.attributes).map(([key, value]) => [
      key,
      'graph' in value ? { graph: graphOf(value.graph) } : value,
    ]),
  );
  return { ...node, inputs: node.inputs.map(now), attributes };
}
