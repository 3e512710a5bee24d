import { axis, slice, sliceRange, type Graph, type GraphNode } from '@paperzoo/core';

/** Slices of one value that together cover one of its axes: what a single ONNX Split does. */
export interface Split {
  readonly input: number;
  readonly dim: number;
  readonly sizes: readonly number[];
  readonly outs: readonly number[];
}

/** Finds slices that cut a value into adjacent pieces without rest, by the first of their nodes; the others map to undefined. */
export function findSplits(graph: Graph): Map<GraphNode, Split | undefined> {
  const groups = new Map<string, { node: GraphNode; start: number; end: number }[]>();
  for (const node of graph.nodes) {
    if (node.op !== slice) continue;
    const attrs = node.attrs as { dim: number; start: number; end: number | null; step: number };
    const { shape } = graph.values[node.ins[0]!]!;
    const dim = axis('slice', shape.length, attrs.dim);
    if (attrs.step !== 1) continue;
    const key = `${node.ins[0]}:${dim}`;
    groups.set(key, [...(groups.get(key) ?? []), { node, ...sliceRange(shape[dim]!, attrs) }]);
  }
  const found = new Map<GraphNode, Split | undefined>();
  for (const [key, pieces] of groups) {
    const [input, dim] = key.split(':').map(Number) as [number, number];
    const adjacent = pieces.every(({ start }, i) => start === (i === 0 ? 0 : pieces[i - 1]!.end));
    if (pieces.length < 2 || !adjacent || pieces.at(-1)!.end !== graph.values[input]!.shape[dim]) continue;
    pieces.forEach(({ node }) => found.set(node, undefined));
    found.set(pieces[0]!.node, {
      ...{ input, dim },
      sizes: pieces.map(({ start, end }) => end - start),
      outs: pieces.map(({ node }) => node.outs[0]!),
    });
  }
  return found;
}
