import { DTYPES } from '@paperzoo/core';
import type { Constant, SymbolicGraph } from './symbolic-graph';

// Up to here all weights fit beside their tensors; beyond, only the small ones are copied and the others are streamed.
const MOST_IN_MEMORY = 2 ** 30;
const SMALL = 2 ** 20;

/** Reads constants into ordinary memory, where folding and comparing can see them; of very large models only the small ones. */
export async function materialise(
  graph: SymbolicGraph,
  { most = MOST_IN_MEMORY, small = SMALL } = {},
): Promise<SymbolicGraph> {
  const bytes = (index: number) =>
    graph.values[index]!.shape.reduce((a, b) => a * b, DTYPES[graph.values[index]!.dtype].bytes);
  const all = [...graph.constants.keys()].reduce((sum, index) => sum + bytes(index), 0);
  const constants = new Map<number, Constant>();
  for (const [index, constant] of graph.constants) {
    const read = constant.kind === 'tensor' && (all <= most || bytes(index) <= small);
    constants.set(index, read ? { kind: 'data', data: await constant.tensor.data() } : constant);
  }
  return { ...graph, constants };
}
