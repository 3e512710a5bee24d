import { weightOf, type OnnxGraph } from '../model/onnx-graph';
import { foldWeights } from './fold-weights';
import { prune } from './prune';
import { joinSlices } from './splits';
import { moveTransposes } from './transposes';

/** Everything that can be said in fewer ONNX nodes. */
export const optimise = (graph: OnnxGraph): OnnxGraph =>
  prune(joinSlices(foldWeights(moveTransposes(prune(graph))), withInts));

/** The graph with an int64 vector among its constants, and the vector's name. */
function withInts(graph: OnnxGraph, values: readonly number[]): { graph: OnnxGraph; name: string } {
  const name = `sizes_${values.join('_')}`;
  if (graph.weights.has(name)) return { graph, name };
  const weight = weightOf(BigInt64Array.from(values, BigInt), [values.length], 'i64');
  return { graph: { ...graph, weights: new Map([...graph.weights, [name, weight]]) }, name };
}
