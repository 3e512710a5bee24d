import type { Spec } from './dtype';
import { TraceError } from './errors';
import type { Op } from './op';
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
