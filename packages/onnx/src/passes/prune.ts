import type { OnnxGraph, OnnxNode } from '../model/onnx-graph';
import { readsOf, renamed } from './graph-view';

/** The graph without nodes and weights that nothing reads, and without `Identity` wherever its input's maker can take the output's name. */
export function prune(graph: OnnxGraph): OnnxGraph {
  const direct = withoutIdentities(graph);
  const wanted = new Set(direct.outputs.map(({ name }) => name));
  const nodes = direct.nodes.filter(() => true).reverse();
  const kept = nodes.filter((node) => {
    if (!node.outputs.some((name) => wanted.has(name))) return false;
    for (const name of readsOf(node)) wanted.add(name);
    return true;
  });
  return {
    ...direct,
    nodes: kept.reverse(),
    weights: new Map([...direct.weights].filter(([name]) => wanted.has(name))),
    values: new Map([...direct.values].filter(([name]) => wanted.has(name))),
  };
}

function withoutIdentities(graph: OnnxGraph): OnnxGraph {
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const made = new Set(graph.nodes.flatMap(({ outputs: names }) => names));
  // What stands in front of an identity is read under the identity's name, or the other way round when that is an output of the graph.
  const names = new Map<string, string>();
  const own = new Map<string, string>();
  const kept: OnnxNode[] = [];
  for (const node of graph.nodes) {
    const [from, to] = [node.inputs[0]!, node.outputs[0]!];
    if (node.opType !== 'Identity' || node.domain !== '') kept.push(node);
    else if (!outputs.has(to)) names.set(to, names.get(from) ?? from);
    else {
      const source = names.get(from) ?? from;
      // Two outputs of the same value, and inputs or weights that are outputs, need the node.
      if (made.has(source) && !outputs.has(source) && !own.has(source)) own.set(source, to);
      else kept.push(node);
    }
  }
  for (const [name, source] of names) names.set(name, own.get(source) ?? source);
  for (const [source, to] of own) names.set(source, to);
  const nodes = kept.map((node) => {
    const moved = renamed(node, names);
    return { ...moved, outputs: moved.outputs.map((name) => own.get(name) ?? name) };
  });
  const values = new Map([...graph.values].filter(([name]) => !own.has(name)));
  return { ...graph, nodes, values };
}
