import { bytesOf, sizeOf, type Spec } from './dtype';
import { TraceError } from './errors';
import type { Cost, Op } from './op';
import { Tensor } from './tensor';
import type { Zoo } from './zoo';

/** One recorded call. Values are numbered; -1 stands for an absent optional input. */
export interface GraphNode {
  readonly op: Op;
  readonly ins: readonly number[];
  readonly outs: readonly number[];
  readonly attrs: object;
  /** Names of the modules that were being run, outermost first. */
  readonly path: readonly string[];
}

/** What a function does, without data: the record of one trace. */
export interface Graph {
  readonly values: readonly Spec[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Tensors that were captured from outside, by value number. */
  readonly constants: ReadonlyMap<number, Tensor>;
  readonly nodes: readonly GraphNode[];
}

/** Records calls instead of running them while `zoo.trace` is at work. */
export class Tracer {
  readonly values: Spec[] = [];
  readonly nodes: GraphNode[] = [];
  readonly constants = new Map<number, Tensor>();
  readonly path: string[] = [];
  private readonly numbers = new Map<number, number>();

  constructor(private readonly zoo: Zoo) {}

  number(tensor: Tensor): number {
    const known = this.numbers.get(tensor.id);
    if (known !== undefined) return known;
    if (tensor.isAbstract) throw new TraceError('A tensor of another trace was used in this one.');
    const index = this.enter(tensor);
    this.constants.set(index, tensor);
    return index;
  }

  private enter(tensor: Tensor): number {
    const index = this.values.push({ shape: tensor.shape, dtype: tensor.dtype }) - 1;
    this.numbers.set(tensor.id, index);
    return index;
  }

  abstract(spec: Spec): Tensor {
    const tensor = new Tensor(this.zoo, spec.shape, spec.dtype, null);
    this.enter(tensor);
    return tensor;
  }

  record(op: Op, ins: readonly (Tensor | undefined)[], specs: readonly Spec[], attrs: object): Tensor[] {
    const numbers = ins.map((t) => (t ? this.number(t) : -1));
    const outs = specs.map((spec) => this.abstract(spec));
    this.nodes.push({ op, ins: numbers, outs: outs.map((t) => this.number(t)), attrs, path: [...this.path] });
    return outs;
  }
}

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
