import type { SymbolicGraph, SymbolicNode } from './symbolic-graph';

/** The graph without calls that repeat another with the same inputs and attributes, and without calls whose results nobody reads. */
export function share(graph: SymbolicGraph): SymbolicGraph {
  const same = new Map<number, number>();
  const seen = new Map<string, SymbolicNode>();
  const kept: SymbolicNode[] = [];
  const now = (index: number) => same.get(index) ?? index;
  for (const node of graph.nodes) {
    const ins = node.ins.map(now);
    const key = `${node.op.name}(${ins.join()})${JSON.stringify(node.attrs)}${[...node.sizes].join()}`;
    const known = seen.get(key);
    if (known && known.op === node.op) node.outs.forEach((index, i) => same.set(index, known.outs[i]!));
    else {
      const moved = { ...node, ins };
      seen.set(key, moved);
      kept.push(moved);
    }
  }
  const outputs = graph.outputs.map(now);
  const wanted = new Set(outputs);
  const nodes = kept.reverse().filter((node) => {
    if (!node.outs.some((index) => wanted.has(index))) return false;
    for (const index of node.ins) wanted.add(index);
    return true;
  });
  return { ...graph, nodes: nodes.reverse(), outputs };
}
