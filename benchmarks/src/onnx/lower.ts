import {
  applyOp,
  NoKernelError,
  type Graph,
  type GraphNode,
  type Op,
  type Spec,
  type Tensor,
  type Zoo,
} from '@paperzoo/core';
import { OnnxModel } from './model';
import { rules } from './rules/index';
import { findSplits, type Split } from './split';

/** What a value of the traced graph is on the ONNX side. */
type Value = { readonly tensor: Tensor; name?: string } | { readonly name: string; readonly tensor?: undefined };

/**
 * Turns a traced graph with one input and one output into a serialized ONNX model. Whatever depends on constants alone is computed here, ops
 * without a rule are expanded into their composites. Throws `NoKernelError` for an op that has neither. Works on devices that can read at once.
 */
export function lowerGraph(zoo: Zoo, graph: Graph): Uint8Array {
  return zoo.scope(() => {
    const model = new OnnxModel();
    const [input, output] = [graph.inputs[0]!, graph.outputs[0]!];
    const [result] = new Lowering(zoo, model).graph(graph, [{ name: 'input' }]);
    return model.encode(
      { name: 'input', spec: graph.values[input]! },
      { name: nameOf(model, result!), spec: graph.values[output]! },
    );
  });
}

class Lowering {
  constructor(
    private readonly zoo: Zoo,
    private readonly model: OnnxModel,
  ) {}

  graph(graph: Graph, inputs: readonly Value[]): Value[] {
    const values = new Map<number, Value>(graph.inputs.map((index, i) => [index, inputs[i]!]));
    for (const [index, tensor] of graph.constants) if (!values.has(index)) values.set(index, { tensor });
    const splits = findSplits(graph);
    for (const node of graph.nodes) {
      if (splits.has(node) && !values.get(node.ins[0]!)!.tensor) {
        // The first piece's node makes them all.
        const split = splits.get(node);
        if (split) this.split(split, values);
        continue;
      }
      const ins = node.ins.map((index) => (index < 0 ? undefined : values.get(index)!));
      const outs = this.node(graph, node, ins);
      node.outs.forEach((index, i) => values.set(index, outs[i]!));
    }
    return graph.outputs.map((index) => values.get(index)!);
  }

  private split({ input, dim, sizes, outs }: Split, values: Map<number, Value>): void {
    const source = nameOf(this.model, values.get(input)!);
    const names = this.model.many('Split', [source, this.model.ints(sizes)], sizes.length, { axis: { int: dim } });
    outs.forEach((out, i) => values.set(out, { name: names[i]! }));
  }

  private node(graph: Graph, { op, attrs, ...node }: GraphNode, ins: readonly (Value | undefined)[]): Value[] {
    if (ins.every((value) => value === undefined || value.tensor)) {
      const result = applyOp(
        op,
        ins.map((value) => value?.tensor),
        attrs,
      );
      return (Array.isArray(result) ? result : [result]).map((tensor) => ({ tensor }));
    }
    const specs = node.ins.map((index) => (index < 0 ? undefined : graph.values[index]!));
    const rule = rules[op.name];
    if (!rule) return this.composite(op, attrs, ins, specs);
    const name = rule({
      model: this.model,
      ins: ins.map((value) => value && nameOf(this.model, value)),
      specs,
      out: graph.values[node.outs[0]!]!,
      attrs,
      constant: (index) => ins[index]?.tensor,
    });
    return [{ name }];
  }

  private composite(op: Op, attrs: object, ins: readonly (Value | undefined)[], specs: readonly (Spec | undefined)[]) {
    const { composite } = op.implementation;
    if (!composite) throw new NoKernelError(`${op.name} has neither an ONNX rule nor a composite.`, { op: op.name });
    const present = ins.flatMap((value, i) => (value ? [{ value, spec: specs[i]!, i }] : []));
    const inner = this.zoo.trace(
      (...tensors) => {
        const all = ins.map(() => undefined as Tensor | undefined);
        present.forEach(({ i }, k) => (all[i] = tensors[k]));
        return composite(all, attrs);
      },
      present.map(({ spec }) => spec),
    );
    return this.graph(
      inner,
      present.map(({ value }) => value),
    );
  }
}

/** The value's name; a constant becomes an initializer when a node first asks for it. */
function nameOf(model: OnnxModel, value: Value): string {
  if (value.tensor) value.name ??= model.constant(value.tensor.dataSync(), value.tensor);
  return value.name!;
}
