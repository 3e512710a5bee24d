import { weightOf, type OnnxGraph } from '../model/onnx-graph';

/** The graph with an int64 vector among its constants, and the vector's name. */
export function withInts(graph: OnnxGraph, values: readonly number[]): { graph: OnnxGraph; name: string } {
  const name = `sizes_${values.join('_')}`;
  if (graph.weights.has(name)) return { graph, name };
  const weight = weightOf(BigInt64Array.from(values, BigInt), [values.length], 'i64');
  return { graph: { ...graph, weights: new Map([...graph.weights, [name, weight]]) }, name };
}
