import type { OnnxAttribute, OnnxFunction, OnnxGraph, OnnxNode } from '../model/onnx-graph';
import { readsOf } from './graph-view';

/** A graph whose plugin ops are calls, and what they call. */
export interface Outlined {
  readonly graph: OnnxGraph;
  readonly functions: readonly OnnxFunction[];
  /** Versions of the functions' domains. */
  readonly domains: ReadonlyMap<string, number>;
}

/**
 * Turns the nodes of each call of a plugin's op into one node, and its meaning into a model-local function of the domain `ai.paperzoo.<plugin>`.
 * Calls that mean the same share a function. A call whose nodes were mixed up with others' stays as it is.
 */
export function outline(graph: OnnxGraph): Outlined {
  const functions = new Map<string, OnnxFunction>();
  const domains = new Map<string, number>();
  const calls = new Set(graph.nodes.flatMap(({ origin }) => (origin ? [origin.call] : [])));
  let now = graph;
  for (const call of calls) now = outlineCall(now, call, functions, domains);
  const inside = new Set([...now.nodes.flatMap((node) => [...readsOf(node), ...node.outputs]), ...outputsOf(now)]);
  // What went into functions is no longer the graph's.
  const kept = <T>(all: ReadonlyMap<string, T>) => new Map([...all].filter(([name]) => inside.has(name)));
  return {
    graph: { ...now, values: kept(now.values), weights: kept(now.weights) },
    functions: [...functions.values()],
    domains,
  };
}

const outputsOf = (graph: OnnxGraph): string[] => graph.outputs.map(({ name }) => name);

function outlineCall(
  graph: OnnxGraph,
  call: number,
  functions: Map<string, OnnxFunction>,
  domains: Map<string, number>,
): OnnxGraph {
  const isOwn = (node: OnnxNode) => node.origin?.call === call;
  const own = graph.nodes.filter(isOwn);
  const { op } = own[0]!.origin!;
  const made = new Set(own.flatMap(({ outputs }) => outputs));
  const [before, after] = around(graph, isOwn, made);
  // A node in between needs what the call makes and makes what the call needs.
  const late = new Set(after.flatMap(({ outputs }) => outputs));
  if (own.some((node) => readsOf(node).some((name) => late.has(name)))) return graph;

  const reads = [...new Set(own.flatMap(readsOf))].filter((name) => !made.has(name));
  const isSmall = (name: string) => {
    const weight = graph.weights.get(name);
    return weight?.data !== undefined && (weight.type === 'i64' || weight.dims.length === 0);
  };
  const inputs = reads.filter((name) => !isSmall(name));
  const elsewhere = new Set([...after.flatMap(readsOf), ...graph.outputs.map(({ name }) => name)]);
  const outputs = [...made].filter((name) => elsewhere.has(name));

  const names = new Map<string, string>([
    ...inputs.map((name, i) => [name, `x${i}`] as const),
    ...outputs.map((name, i) => [name, `y${i}`] as const),
  ]);
  let count = 0;
  const local = (name: string): string => {
    if (name === '') return '';
    const known = names.get(name) ?? `t${count++}`;
    names.set(name, known);
    return known;
  };
  const constants = reads.filter(isSmall).map((name): OnnxNode => constantNode(graph, name, local(name)));
  const nodes = [...constants, ...own.map((node) => within(node, local))].map((node, i) => ({
    ...node,
    name: `${node.opType}_${i}`,
  }));
  const [prefix, rest] = [op.name.slice(0, op.name.indexOf('.')), op.name.slice(op.name.indexOf('.') + 1)];
  const domain = `ai.paperzoo.${prefix}`;
  const title = rest.replace(/(?:^|[._])(\w)/g, (_, letter: string) => letter.toUpperCase());
  const body = JSON.stringify([domain, title, inputs.length, outputs.length, nodes]);
  const known = functions.get(body);
  const same = [...functions.values()].filter((fn) => fn.domain === domain && fn.name.startsWith(title)).length;
  const name = known?.name ?? (same === 0 ? title : `${title}_${same + 1}`);
  if (!known) {
    functions.set(body, {
      ...{ name, domain, nodes, doc: `${op.name}, version ${op.version}` },
      inputs: inputs.map((_, i) => `x${i}`),
      outputs: outputs.map((_, i) => `y${i}`),
    });
  }
  domains.set(domain, Math.max(domains.get(domain) ?? 1, op.version));
  const node: OnnxNode = {
    opType: name,
    domain,
    name: own[0]!.name.replace(/[^/]*$/, `${name}_${call}`),
    inputs,
    outputs,
    attributes: {},
  };
  return { ...graph, nodes: [...before, node, ...after] };
}

/** The other nodes: those that do not depend on the call, then those that do. */
function around(
  graph: OnnxGraph,
  isOwn: (node: OnnxNode) => boolean,
  made: ReadonlySet<string>,
): [OnnxNode[], OnnxNode[]] {
  const before: OnnxNode[] = [];
  const after: OnnxNode[] = [];
  const tainted = new Set(made);
  for (const node of graph.nodes) {
    if (isOwn(node)) continue;
    if (!readsOf(node).some((name) => tainted.has(name))) before.push(node);
    else {
      after.push(node);
      for (const name of node.outputs) tainted.add(name);
    }
  }
  return [before, after];
}

/** The node under local names, inner graphs included. */
function within(node: OnnxNode, local: (name: string) => string): OnnxNode {
  const attributes = Object.entries(node.attributes).map(([key, value]): [string, OnnxAttribute] => {
    if (!('graph' in value)) return [key, value];
    const port = <P extends { readonly name: string }>(p: P): P => ({ ...p, name: local(p.name) });
    const { graph } = value;
    const inputs = graph.inputs.map(port);
    const nodes = graph.nodes.map((inner, i) => ({ ...within(inner, local), name: `${inner.opType}_${i}` }));
    return [key, { graph: { ...graph, name: 'body', inputs, nodes, outputs: graph.outputs.map(port) } }];
  });
  const { opType, domain, name, inputs, outputs } = node;
  return {
    opType,
    domain,
    name,
    inputs: inputs.map(local),
    outputs: outputs.map(local),
    attributes: Object.fromEntries(attributes),
  };
}

/** Functions hold no constants but in nodes. */
function constantNode(graph: OnnxGraph, name: string, output: string): OnnxNode {
  const { data, dims, type } = graph.weights.get(name)!;
  const values = Array.from(data!, Number);
  const value: OnnxAttribute = { tensor: { type, dims, values } };
  return { opType: 'Constant', domain: '', name: output, inputs: [], outputs: [output], attributes: { value } };
}
