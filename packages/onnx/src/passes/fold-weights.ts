import { weightOf, type Elements, type OnnxGraph, type OnnxNode, type Weight } from '../model/onnx-graph';

/** Computes here and now what only moves elements of constants: the parts of stacked weights that a rule cut out, reshaped or transposed. */
export function foldWeights(graph: OnnxGraph): OnnxGraph {
  const weights = new Map<string, Weight>(graph.weights);
  const nodes = graph.nodes.filter((node) => {
    const made = node.domain === '' ? evaluate(node, weights) : undefined;
    if (!made || made.length < node.outputs.length) return true;
    node.outputs.forEach((name, i) => weights.set(name, made[i]!));
    return false;
  });
  return { ...graph, nodes, weights };
}

function evaluate(node: OnnxNode, weights: ReadonlyMap<string, Weight>): readonly Weight[] | undefined {
  const x = weights.get(node.inputs[0]!);
  if (!x?.data) return undefined;
  const integers = () => {
    const data = weights.get(node.inputs[1]!)?.data;
    return data && Array.from(data, Number);
  };
  const made = (data: Elements, dims: readonly number[]) => weightOf(data, dims, x.type);
  switch (node.opType) {
    case 'Reshape': {
      const dims = integers();
      return dims && dims.every((n) => n > 0) ? [made(x.data, dims)] : undefined;
    }
    case 'Transpose': {
      const { perm } = node.attributes;
      return perm && 'ints' in perm ? [permuted(x, perm.ints)] : undefined;
    }
    case 'Split': {
      const sizes = integers();
      const axis = node.attributes.axis && 'int' in node.attributes.axis ? node.attributes.axis.int : 0;
      return sizes && axis === 0 ? rows(x, sizes) : undefined;
    }
    default:
      return undefined;
  }
}

/** Pieces along the first axis, which are views of the same memory. */
function rows({ data, dims, type }: Weight, sizes: readonly number[]): Weight[] {
  const per = dims.slice(1).reduce((a, b) => a * b, 1);
  let at = 0;
  return sizes.map((size) => {
    const piece = data!.subarray(at * per, (at + size) * per);
    at += size;
    return weightOf(piece, [size, ...dims.slice(1)], type);
  });
}

function permuted({ data, dims, type }: Weight, perm: readonly number[]): Weight {
  const strides = dims.map((_, i) => dims.slice(i + 1).reduce((a, b) => a * b, 1));
  const to = perm.map((axis) => dims[axis]!);
  const from = data!;
  const out = from.slice();
  const index = to.map(() => 0);
  for (let i = 0; i < out.length; i++) {
    let at = 0;
    for (let axis = 0; axis < to.length; axis++) at += index[axis]! * strides[perm[axis]!]!;
    out[i] = from[at]!;
    for (let axis = to.length - 1; axis >= 0; axis--) {
      index[axis] = index[axis]! + 1;
      if (index[axis]! < to[axis]!) break;
      index[axis] = 0;
    }
  }
  return weightOf(out, to, type);
}
