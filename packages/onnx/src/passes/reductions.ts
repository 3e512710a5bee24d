import type { OnnxGraph, OnnxNode } from '../model/onnx-graph';

const REDUCTIONS = new Set(['ReduceMean', 'ReduceSum', 'ReduceProd', 'ReduceMax', 'ReduceMin']);

/** A reduction that reads what was to be transposed. */
export interface UntransposedReduction {
  /** Axes to reduce, ascending; a reduction has them as an attribute or as an input, as before. */
  readonly axes: readonly number[];
  /** How the result is still to be transposed. */
  readonly perm: readonly number[];
}

/** What becomes of a reduction when its input has not gone through the transposition `perm`; undefined for other nodes and unknown axes. */
export function beforeTranspose(
  node: OnnxNode,
  perm: readonly number[],
  graph: OnnxGraph,
): UntransposedReduction | undefined {
  if (!REDUCTIONS.has(node.opType) || node.domain !== '') return undefined;
  const said = axesOf(node, graph);
  // No axes mean all of them, or none, by yet another attribute.
  if (!said || said.length === 0) return undefined;
  const rank = perm.length;
  const reduced = new Set(said.map((axis) => perm[axis < 0 ? axis + rank : axis]!));
  const axes = [...reduced].sort((a, b) => a - b);
  const { keepdims } = node.attributes;
  if (!(keepdims && 'int' in keepdims && keepdims.int === 0)) return { axes, perm };
  const left = perm.filter((axis) => !reduced.has(axis));
  const order = [...left].sort((a, b) => a - b);
  return { axes, perm: left.map((axis) => order.indexOf(axis)) };
}

function axesOf(node: OnnxNode, graph: OnnxGraph): readonly number[] | undefined {
  const { axes } = node.attributes;
  if (axes && 'ints' in axes) return axes.ints;
  const data = graph.weights.get(node.inputs[1] ?? '')?.data;
  return data && Array.from(data, Number);
}
