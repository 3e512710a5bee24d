import { bytesOf, sizeOf } from '../dtype';
import type { Cost } from '../op';
import type { Graph, GraphNode } from '../trace';

/** Work of a node: what the op states, and the bytes of everything it reads and writes. */
export function nodeCost(graph: Graph, node: GraphNode): Required<Cost> & { bytes: number } {
  const spec = (index: number) => (index < 0 ? undefined : graph.values[index]!);
  const ins = node.ins.map(spec);
  const outs = node.outs.map((index) => graph.values[index]!);
  const stated = node.op.cost?.(ins, outs, node.attrs);
  const view = node.op.implementation.view === true;
  const bytes = view ? 0 : [...ins, ...outs].reduce((sum, s) => sum + (s ? bytesOf(s) : 0), 0);
  const flops = stated?.flops ?? (view ? 0 : outs.reduce((sum, s) => sum + sizeOf(s.shape), 0));
  return { macs: stated?.macs ?? 0, flops, bytes };
}

/** Sum of `nodeCost` over a graph. */
export function graphCost(graph: Graph): Required<Cost> & { bytes: number } {
  const costs = graph.nodes.map((node) => nodeCost(graph, node));
  const total = (key: 'macs' | 'flops' | 'bytes') => costs.reduce((sum, cost) => sum + cost[key], 0);
  return { macs: total('macs'), flops: total('flops'), bytes: total('bytes') };
}
