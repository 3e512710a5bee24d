import { TraceError, type Graph, type GraphNode, type Op, type Spec, type Tensor, type Zoo } from '@paperzoo/core';
import type { Origin } from './symbolic-graph';

/** A node that remembers whose part it is. */
export interface FlatNode extends GraphNode {
  readonly origin?: Origin;
}
export interface FlatGraph extends Graph {
  readonly nodes: readonly FlatNode[];
}

/**
 * The graph with every op that has no rule of its own replaced by its composite, again and again until only ops with rules are left. Ops with
 * neither, and those whose composite cannot be traced, stay for the caller to name. Nothing is computed.
 */
export function flatten(zoo: Zoo, graph: Graph, hasRule: (node: GraphNode, graph: Graph) => boolean): FlatGraph {
  const values: Spec[] = [];
  const constants = new Map<number, Tensor>();
  const nodes: FlatNode[] = [];
  let calls = 0;
  const numbers = new Map<Tensor, number>();

  const value = (spec: Spec) => values.push(spec) - 1;
  const constant = (tensor: Tensor): number => {
    const known = numbers.get(tensor);
    if (known !== undefined) return known;
    const index = value({ shape: tensor.shape, dtype: tensor.dtype });
    constants.set(index, tensor);
    numbers.set(tensor, index);
    return index;
  };

  /** Walks a graph whose inputs have these numbers; returns the numbers of its outputs. */
  const walk = (inner: Graph, inputs: readonly number[], path: readonly string[], outer?: Origin): number[] => {
    const map = new Map<number, number>(inner.inputs.map((index, i) => [index, inputs[i]!]));
    const numberOf = (index: number): number => {
      if (index < 0) return -1;
      const known = map.get(index);
      if (known !== undefined) return known;
      const found = constant(inner.constants.get(index)!);
      map.set(index, found);
      return found;
    };
    for (const node of inner.nodes) {
      const ins = node.ins.map(numberOf);
      const at = [...path, ...node.path];
      // Names of plugins' ops have the plugin's in front.
      const origin = outer ?? (node.op.name.includes('.') ? { op: node.op, call: calls++ } : undefined);
      const kept = (outs: readonly number[]) =>
        nodes.push({ ...node, ins, outs, path: at, ...(origin ? { origin } : {}) });
      const { composite } = node.op.implementation;
      if (hasRule(node, inner) || !composite) {
        const outs = node.outs.map((index) => value(inner.values[index]!));
        kept(outs);
        node.outs.forEach((index, i) => map.set(index, outs[i]!));
        continue;
      }
      const present = ins.filter((index) => index >= 0);
      const traced = expansion(
        zoo,
        node,
        ins,
        present.map((index) => values[index]!),
      );
      const outs = traced ? walk(traced, present, at, origin) : node.outs.map((index) => value(inner.values[index]!));
      if (!traced) kept(outs);
      node.outs.forEach((index, i) => map.set(index, outs[i]!));
    }
    return inner.outputs.map(numberOf);
  };

  const inputs = graph.inputs.map((index) => value(graph.values[index]!));
  const outputs = walk(graph, inputs, []);
  return { values, inputs, outputs, constants, nodes };
}

/** The composite's trace; undefined when it does what no graph can say, such as taking a gradient or reading data. */
function expansion(zoo: Zoo, node: GraphNode, ins: readonly number[], specs: readonly Spec[]): Graph | undefined {
  let traced: Graph;
  try {
    traced = zoo.trace((...tensors) => composed(node.op, ins, tensors, node.attrs), specs);
  } catch (error) {
    if (error instanceof TraceError) return undefined;
    throw error;
  }
  // One tensor that stands for two outputs is recorded once.
  return traced.outputs.length === node.outs.length ? traced : undefined;
}

/** The composite on the tensors that stand for the present inputs. */
function composed(op: Op, ins: readonly number[], tensors: readonly Tensor[], attrs: object) {
  let next = 0;
  const all = ins.map((index) => (index < 0 ? undefined : tensors[next++]));
  const made = op.implementation.composite!(all, attrs);
  return Array.isArray(made) ? (made as readonly Tensor[]) : (made as Tensor);
}
