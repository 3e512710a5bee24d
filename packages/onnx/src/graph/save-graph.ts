import type { Graph, TypedArray } from '@paperzoo/core';
import { contentHash } from './content-hash';
import type { GraphJson, SavedGraph, SavedNumber } from './saved-graph';

/** A trace (`zoo.trace`) as data that outlives its zoo: JSON, and its constants by hash. `restoreGraph` takes it back. */
export async function saveGraph(graph: Graph): Promise<SavedGraph> {
  const constants = new Map<string, TypedArray>();
  const hashes: [number, string][] = [];
  for (const [index, tensor] of graph.constants) {
    const data = await tensor.data();
    const hash = await contentHash(data);
    constants.set(hash, data);
    hashes.push([index, hash]);
  }
  const json: GraphJson = {
    format: 'paperzoo-graph',
    version: 1,
    values: graph.values.map(({ shape, dtype }) => ({ shape: [...shape], dtype })),
    inputs: [...graph.inputs],
    outputs: [...graph.outputs],
    constants: hashes,
    nodes: graph.nodes.map(({ op, ins, outs, attrs, path }) => ({
      ...{ op: op.name, version: op.version, ins: [...ins], outs: [...outs], path: [...path] },
      attrs: Object.fromEntries(Object.entries(attrs).map(([name, value]) => [name, saved(value)])),
    })),
  };
  return { json, constants };
}

function saved(value: unknown): unknown {
  if (typeof value !== 'number' || Number.isFinite(value)) return value;
  return { number: String(value) as SavedNumber['number'] };
}
