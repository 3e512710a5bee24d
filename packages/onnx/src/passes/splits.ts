import type { OnnxGraph, OnnxNode } from '../model/onnx-graph';
import { withInts } from './with-ints';

interface Piece {
  readonly node: OnnxNode;
  readonly start: number;
  readonly end: number;
}

/** Slices that together cut a value into adjacent pieces without rest, as one Split. */
export function joinSlices(graph: OnnxGraph): OnnxGraph {
  const groups = new Map<string, Piece[]>();
  const lengths = new Map<string, number>();
  const shapes = new Map([...graph.inputs, ...graph.values.values()].map(({ name, dims }) => [name, dims]));
  for (const node of graph.nodes) {
    const cut = cutOf(graph, node);
    const length = cut && shapes.get(node.inputs[0]!)?.[cut.axis];
    if (!cut || typeof length !== 'number' || cut.start < 0) continue;
    const key = `${cut.axis}:${node.inputs[0]!}`;
    const list = groups.get(key) ?? [];
    list.push({ node, start: cut.start, end: Math.min(cut.end, length) });
    groups.set(key, list);
    lengths.set(key, length);
  }
  let now = graph;
  const replaced = new Map<OnnxNode, OnnxNode | undefined>();
  for (const [key, unsorted] of groups) {
    const pieces = [...unsorted].sort((a, b) => a.start - b.start);
    const adjacent = pieces.every(({ start }, i) => start === (i === 0 ? 0 : pieces[i - 1]!.end));
    if (pieces.length < 2 || !adjacent || pieces.at(-1)!.end !== lengths.get(key)) continue;
    const sized = withInts(
      now,
      pieces.map(({ start, end }) => end - start),
    );
    now = sized.graph;
    const { node } = unsorted[0]!;
    for (const { node: other } of pieces) replaced.set(other, undefined);
    replaced.set(node, {
      opType: 'Split',
      domain: '',
      name: `${node.name}~split`,
      inputs: [node.inputs[0]!, sized.name],
      outputs: pieces.map((piece) => piece.node.outputs[0]!),
      attributes: { axis: { int: Number(key.slice(0, key.indexOf(':'))) } },
    });
  }
  const nodes = now.nodes.flatMap((node) => {
    if (!replaced.has(node)) return [node];
    const split = replaced.get(node);
    return split ? [split] : [];
  });
  return { ...now, nodes };
}

/** Axis and range of a slice along one axis with constant positions and a step of 1. */
function cutOf(graph: OnnxGraph, node: OnnxNode) {
  if (node.opType !== 'Slice' || node.domain !== '') return undefined;
  const [start, end, axis, step] = node.inputs.slice(1).map((name) => {
    const data = graph.weights.get(name)?.data;
    return data?.length === 1 ? Number(data[0]) : undefined;
  });
  if (start === undefined || end === undefined || axis === undefined || step !== 1) return undefined;
  return { start, end, axis };
}
