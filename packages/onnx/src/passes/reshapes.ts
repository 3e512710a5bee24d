import { isFixed, sameDim, type Dim } from '../graph/size';
import type { OnnxGraph, OnnxNode } from '../model/onnx-graph';
import { viewOf } from './graph-view';
import { withInts } from './with-ints';

const RESHAPING = new Set(['Reshape', 'Unsqueeze', 'Squeeze', 'Flatten']);
const isReshaping = (node: OnnxNode | undefined): node is OnnxNode =>
  node !== undefined && node.domain === '' && RESHAPING.has(node.opType);

/** Reshapes in a row as one, and none where a value comes out in the shape in which it went in. Shapes that are not known stay as they are said. */
export function joinReshapes(graph: OnnxGraph): OnnxGraph {
  const { maker } = viewOf(graph);
  const known = [...graph.inputs, ...graph.values.values(), ...graph.outputs];
  const dimsOf = new Map(known.map(({ name, dims }) => [name, dims]));
  let now = graph;
  const nodes = graph.nodes.map((node): OnnxNode => {
    if (!isReshaping(node)) return node;
    let source = node.inputs[0]!;
    for (let before = maker.get(source); isReshaping(before); before = maker.get(source)) source = before.inputs[0]!;
    const from = dimsOf.get(source);
    const to = dimsOf.get(node.outputs[0]!) ?? reshaped(node, dimsOf.get(node.inputs[0]!), graph);
    if (!to) return node;
    dimsOf.set(node.outputs[0]!, to);
    if (!from) return node;
    if (from.length === to.length && from.every((dim, i) => sameDim(dim, to[i])))
      return { ...node, opType: 'Identity', inputs: [source], attributes: {} };
    const target = source === node.inputs[0] ? undefined : targetOf(from, to);
    if (!target) return node;
    const { graph: more, name } = withInts(now, target);
    now = more;
    return { ...node, opType: 'Reshape', inputs: [source, name], attributes: {} };
  });
  return { ...now, nodes };
}

/** A shape that needs no computing: 0 is the input's size of the same axis, -1 what remains. */
function targetOf(from: readonly Dim[], to: readonly Dim[]): readonly number[] | undefined {
  if (to.includes(0)) return undefined;
  if (isFixed(to)) return to;
  const said = to.map((dim, i) => (typeof dim === 'number' ? dim : sameDim(dim, from[i]) ? 0 : -1));
  return said.filter((dim) => dim === -1).length > 1 ? undefined : said;
}

/** The shape that a node says it makes, where it takes no dividing of symbols to tell. */
function reshaped(node: OnnxNode, from: readonly Dim[] | undefined, graph: OnnxGraph): readonly Dim[] | undefined {
  const data = graph.weights.get(node.inputs[1] ?? '')?.data;
  if (!from || !data || node.attributes.allowzero) return undefined;
  const said = Array.from(data, Number);
  if (node.opType === 'Unsqueeze') {
    const rank = from.length + said.length;
    const added = new Set(said.map((axis) => (axis < 0 ? axis + rank : axis)));
    const rest = from.values();
    return Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : rest.next().value!));
  }
  if (node.opType !== 'Reshape' || said.includes(-1)) return undefined;
  return said.map((dim, axis) => (dim === 0 ? from[axis]! : dim));
}
