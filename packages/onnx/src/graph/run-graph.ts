import { applyOp, ShapeError, type Graph, type Tensor } from '@paperzoo/core';

/**
 * What the traced function gives for other tensors of the same shapes, by its graph alone; `(...x) => runGraph(graph, x)` is a function that can be
 * traced and exported in its turn. The caller disposes the outputs.
 */
export function runGraph(graph: Graph, inputs: readonly Tensor[]): Tensor[] {
  graph.inputs.forEach((index, i) => {
    const [wanted, given] = [graph.values[index]!, inputs[i]];
    if (given && given.dtype === wanted.dtype && given.shape.join() === wanted.shape.join()) return;
    const got = given ? `${given.dtype} [${given.shape.join(', ')}]` : 'nothing';
    throw new ShapeError(`runGraph: input ${i} must be ${wanted.dtype} [${wanted.shape.join(', ')}], got ${got}.`, {
      argument: `inputs[${i}]`,
      expected: wanted,
      got,
    });
  });
  const run = (): Tensor[] => {
    const values = new Map<number, Tensor>(graph.constants);
    graph.inputs.forEach((index, i) => values.set(index, inputs[i]!));
    for (const { op, ins, outs, attrs } of graph.nodes) {
      const made = applyOp(
        op,
        ins.map((index) => (index < 0 ? undefined : values.get(index))),
        attrs,
      );
      (Array.isArray(made) ? made : [made]).forEach((tensor, i) => values.set(outs[i]!, tensor));
    }
    return graph.outputs.map((index) => values.get(index)!);
  };
  const zoo = (inputs[0] ?? [...graph.constants.values()][0])?.zoo;
  return zoo ? zoo.scope(run) : run();
}
