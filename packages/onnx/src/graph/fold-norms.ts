import { batchNorm, conv2d, linear } from '@paperzoo/core';
import type { Constant, SymbolicGraph, SymbolicNode, SymbolicSpec } from './symbolic-graph';

/**
 * The graph with batch normalisations folded into the constant convolution before them or the constant linear layer after them, in float64,
 * rounded once. Other normalisations stay.
 */
export function foldNorms(graph: SymbolicGraph): SymbolicGraph {
  const values: SymbolicSpec[] = [...graph.values];
  const constants = new Map<number, Constant>(graph.constants);
  const producer = new Map(graph.nodes.flatMap((node) => node.outs.map((out) => [out, node] as const)));
  const users = new Map<number, SymbolicNode[]>();
  for (const node of graph.nodes)
    for (const i of node.ins) {
      const list = users.get(i);
      if (list) list.push(node);
      else users.set(i, [node]);
    }
  const replaced = new Map<SymbolicNode, SymbolicNode | undefined>();

  const put = (data: Float32Array, shape: readonly number[]): number => {
    const index = values.push({ shape, dims: shape, dtype: 'f32' }) - 1;
    constants.set(index, { kind: 'data', data });
    return index;
  };
  const only = (index: number) =>
    users.get(index)?.length === 1 && !graph.outputs.includes(index) ? users.get(index)![0] : undefined;

  for (const node of graph.nodes) {
    if (node.op !== batchNorm) continue;
    const scaled = scaleAndShift(graph, node);
    if (!scaled) continue;
    const before = producer.get(node.ins[0]!);
    const after = only(node.outs[0]!);
    if (before?.op === conv2d && only(node.ins[0]!) === node && !replaced.has(before)) {
      const folded = intoRows(constantOf(graph, before), scaled);
      if (!folded) continue;
      const ins = [
        before.ins[0]!,
        put(folded.weight, values[before.ins[1]!]!.shape),
        put(folded.bias, [folded.bias.length]),
      ];
      replaced.set(before, undefined);
      replaced.set(node, { ...before, ins, outs: node.outs });
    } else if (after?.op === linear && after.ins[0] === node.outs[0]) {
      const folded = intoColumns(constantOf(graph, after), scaled);
      if (!folded) continue;
      const ins = [
        node.ins[0]!,
        put(folded.weight, values[after.ins[1]!]!.shape),
        put(folded.bias, [folded.bias.length]),
      ];
      replaced.set(node, undefined);
      replaced.set(after, { ...after, ins: [...ins, after.ins[3] ?? -1] });
    }
  }
  const nodes = graph.nodes.flatMap((node) => {
    if (!replaced.has(node)) return [node];
    const other = replaced.get(node);
    return other ? [other] : [];
  });
  return { ...graph, values, constants, nodes };
}

const floats = (graph: SymbolicGraph, index: number): Float32Array | undefined => {
  const constant = graph.constants.get(index);
  return constant?.kind === 'data' && constant.data instanceof Float32Array ? constant.data : undefined;
};

/** s = weight / sqrt(variance + eps) and t = bias - mean·s per channel: batch normalisation is x·s + t. */
function scaleAndShift(graph: SymbolicGraph, { ins, attrs }: SymbolicNode) {
  const [, mean, variance, weight, bias] = ins.map((index) => floats(graph, index));
  if (!mean || !variance || (ins[3]! >= 0 && !weight) || (ins[4]! >= 0 && !bias)) return undefined;
  const { eps } = attrs as { eps: number };
  const s = Float64Array.from(variance, (v, i) => (weight?.[i] ?? 1) / Math.sqrt(v + eps));
  return { s, t: Float64Array.from(mean, (m, i) => (bias?.[i] ?? 0) - m * s[i]!) };
}

interface Parts {
  readonly weight: Float32Array | undefined;
  readonly bias: Float32Array | undefined;
  readonly biased: boolean;
}

const constantOf = (graph: SymbolicGraph, { ins }: SymbolicNode): Parts => ({
  weight: floats(graph, ins[1]!),
  bias: floats(graph, ins[2] ?? -1),
  biased: (ins[2] ?? -1) >= 0,
});

/** W' = s·W per output row, b' = s·b + t. */
function intoRows({ weight, bias, biased }: Parts, { s, t }: { s: Float64Array; t: Float64Array }) {
  if (!weight || (biased && !bias)) return undefined;
  const per = weight.length / s.length;
  return {
    weight: Float32Array.from(weight, (w, i) => w * s[Math.floor(i / per)]!),
    bias: Float32Array.from(t, (shift, o) => (bias?.[o] ?? 0) * s[o]! + shift),
  };
}

/** W' = W·diag(s), b' = W·t + b. */
function intoColumns({ weight, bias, biased }: Parts, { s, t }: { s: Float64Array; t: Float64Array }) {
  if (!weight || (biased && !bias)) return undefined;
  const columns = s.length;
  return {
    weight: Float32Array.from(weight, (x, i) => x * s[i % columns]!),
    bias: Float32Array.from({ length: weight.length / columns }, (_, o) => {
      let sum = bias?.[o] ?? 0;
      for (let i = 0; i < columns; i++) sum += weight[o * columns + i]! * t[i]!;
      return sum;
    }),
  };
}
