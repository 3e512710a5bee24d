import {
  batchNorm,
  conv2d,
  linear,
  type Graph,
  type GraphNode,
  type Spec,
  type Tensor,
  type Zoo,
} from '@paperzoo/core';

/** s = weight / sqrt(variance + eps) and t = bias - mean·s per channel: batch normalisation is x·s + t. */
function scaleAndShift(graph: Graph, { ins, attrs }: GraphNode): { s: Float64Array; t: Float64Array } | undefined {
  const [, mean, variance, weight, bias] = ins.map((index) =>
    index < 0 ? undefined : graph.constants.get(index)?.dataSync(),
  );
  if (!mean || !variance || (ins[3]! >= 0 && !weight) || (ins[4]! >= 0 && !bias)) return undefined;
  const { eps } = attrs as { eps: number };
  const s = Float64Array.from(variance, (v, i) => (weight?.[i] ?? 1) / Math.sqrt(v + eps));
  return { s, t: Float64Array.from(mean, (m, i) => (bias?.[i] ?? 0) - m * s[i]!) };
}

/**
 * The graph with batch normalisations folded into the constant convolution before them or the constant linear layer after them, in float64,
 * rounded once: what exporters do before a runtime sees the model. Other normalisations stay. The new weights belong to the current scope.
 */
export function foldBatchNorms(zoo: Zoo, graph: Graph): Graph {
  const values: Spec[] = [...graph.values];
  const constants = new Map(graph.constants);
  const producer = new Map(graph.nodes.flatMap((node) => node.outs.map((out) => [out, node] as const)));
  const users = new Map<number, GraphNode[]>();
  for (const node of graph.nodes) for (const i of node.ins) users.set(i, [...(users.get(i) ?? []), node]);
  const replaced = new Map<GraphNode, GraphNode | undefined>();

  const constant = (data: Float32Array, shape: readonly number[]): number => {
    const index = values.push({ shape, dtype: 'f32' }) - 1;
    constants.set(index, zoo.tensor(data, { shape }));
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
      const folded = intoRows(parts(graph, before), scaled);
      if (!folded) continue;
      const ins = [
        before.ins[0]!,
        constant(folded.weight, values[before.ins[1]!]!.shape),
        constant(folded.bias, [folded.bias.length]),
      ];
      replaced.set(before, undefined);
      replaced.set(node, { ...before, ins, outs: node.outs });
    } else if (after?.op === linear && after.ins[0] === node.outs[0]) {
      const folded = intoColumns(parts(graph, after), scaled);
      if (!folded) continue;
      const ins = [
        node.ins[0]!,
        constant(folded.weight, values[after.ins[1]!]!.shape),
        constant(folded.bias, [folded.bias.length]),
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

interface Parts {
  readonly weight: Tensor | undefined;
  readonly bias: Tensor | undefined;
  readonly biased: boolean;
}

const parts = (graph: Graph, { ins }: GraphNode): Parts => ({
  weight: graph.constants.get(ins[1]!),
  bias: graph.constants.get(ins[2] ?? -1),
  biased: (ins[2] ?? -1) >= 0,
});

/** W' = s·W per output row, b' = s·b + t. */
function intoRows({ weight, bias, biased }: Parts, { s, t }: { s: Float64Array; t: Float64Array }) {
  if (!weight || (biased && !bias)) return undefined;
  const per = weight.size / s.length;
  const b = bias?.dataSync();
  return {
    weight: Float32Array.from(weight.dataSync(), (w, i) => w * s[Math.floor(i / per)]!),
    bias: Float32Array.from(t, (shift, o) => (b?.[o] ?? 0) * s[o]! + shift),
  };
}

/** W' = W·diag(s), b' = W·t + b. */
function intoColumns({ weight, bias, biased }: Parts, { s, t }: { s: Float64Array; t: Float64Array }) {
  if (!weight || (biased && !bias)) return undefined;
  const w = weight.dataSync();
  const b = bias?.dataSync();
  const columns = s.length;
  return {
    weight: Float32Array.from(w, (x, i) => x * s[i % columns]!),
    bias: Float32Array.from({ length: w.length / columns }, (_, o) => {
      let sum = b?.[o] ?? 0;
      for (let i = 0; i < columns; i++) sum += w[o * columns + i]! * t[i]!;
      return sum;
    }),
  };
}
