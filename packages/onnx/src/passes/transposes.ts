import type { OnnxGraph, OnnxNode, OnnxValue } from '../model/onnx-graph';
import { renamed, viewOf } from './graph-view';
import { beforeTranspose } from './reductions';
import { withInts } from './with-ints';

const UNARY = new Set([
  'Relu', 'Sigmoid', 'Tanh', 'HardSigmoid', 'HardSwish', 'Gelu', 'Erf', 'Exp', 'Log', 'Neg', 'Abs', 'Sqrt', 'Reciprocal', 'Cast',
]); // prettier-ignore
const BINARY = new Set(['Add', 'Sub', 'Mul', 'Div', 'Max', 'Min', 'Pow']);

const permOf = (node: OnnxNode | undefined): readonly number[] | undefined => {
  if (node?.opType !== 'Transpose' || node.domain !== '') return undefined;
  const { perm } = node.attributes;
  return perm && 'ints' in perm ? perm.ints : undefined;
};
const isIdentity = (perm: readonly number[]) => perm.every((axis, i) => axis === i);

/**
 * Moves transpositions down through elementwise nodes, concatenations and reductions until they meet: two in a row become one, opposite ones
 * vanish. What channels-last models are made of, convolutions that runtimes want channels first, so loses nearly all of them.
 */
export function moveTransposes(graph: OnnxGraph): OnnxGraph {
  let now = graph;
  // Each round moves every transposition by at least one node; the bound only guards against a cycle of rewrites.
  for (let round = 0; round < 100; round++) {
    const next = once(now);
    if (!next) break;
    now = next;
  }
  return now;
}

function once(graph: OnnxGraph): OnnxGraph | undefined {
  const { maker, readers, isOutput } = viewOf(graph);
  const names = new Map<string, string>();
  const values = new Map<string, OnnxValue>(graph.values);
  let changed = false;
  let { weights } = graph;
  const nodes: OnnxNode[] = [];
  const touched = new Set<string>();
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) => maker.get(name));
    const stale = node.inputs.some((name) => touched.has(name));
    if (stale) {
      nodes.push(node);
      continue;
    }
    const perm = permOf(node);
    const before = permOf(inputs[0]);
    if (perm && before) {
      // Two in a row.
      const both = perm.map((axis) => before[axis]!);
      changed = true;
      if (isIdentity(both) && !isOutput(node.outputs[0]!)) names.set(node.outputs[0]!, inputs[0]!.inputs[0]!);
      else nodes.push({ ...node, inputs: [inputs[0]!.inputs[0]!], attributes: { perm: { ints: both } } });
      touched.add(node.outputs[0]!);
      continue;
    }
    const reduced = before && beforeTranspose(node, before, graph);
    if (reduced) {
      changed = true;
      const after = { ...node, inputs: [inputs[0]!.inputs[0]!, ...node.inputs.slice(1)] };
      if (node.attributes.axes) after.attributes = { ...node.attributes, axes: { ints: reduced.axes } };
      else {
        const { graph: more, name } = withInts({ ...graph, weights }, reduced.axes);
        weights = more.weights;
        after.inputs[1] = name;
      }
      const [output] = node.outputs as [string];
      if (isIdentity(reduced.perm)) nodes.push(after);
      else nodes.push({ ...after, outputs: [`${output}~`] }, transposed(node, `${output}~`, reduced.perm));
      touched.add(output);
      continue;
    }
    const down = node.domain === '' ? downPerm(node, inputs, graph) : undefined;
    if (down && node.outputs.length === 1 && helps(node, down, readers, isOutput)) {
      changed = true;
      const raw = `${node.outputs[0]!}~`;
      nodes.push({
        ...node,
        inputs: node.inputs.map((name, i) => (permOf(inputs[i]) ? inputs[i]!.inputs[0]! : name)),
        outputs: [raw],
        attributes: node.opType === 'Concat' ? { axis: { int: down.at(axisOf(node))! } } : node.attributes,
      });
      nodes.push(transposed(node, raw, down));
      touched.add(node.outputs[0]!);
      continue;
    }
    nodes.push(node);
  }
  if (!changed) return undefined;
  for (const [name, source] of names) names.set(name, names.get(source) ?? source);
  return { ...graph, nodes: nodes.map((node) => renamed(node, names)), values, weights };
}

/** The node that makes of `raw` what `node` made. */
const transposed = (node: OnnxNode, raw: string, perm: readonly number[]): OnnxNode => ({
  opType: 'Transpose',
  domain: '',
  name: `${node.name}~T`,
  inputs: [raw],
  outputs: node.outputs,
  attributes: { perm: { ints: perm } },
});

const axisOf = ({ attributes: { axis } }: OnnxNode): number => (axis && 'int' in axis ? axis.int : 0);

/** The transposition that all inputs of an elementwise node or a concatenation went through, apart from numbers. */
function downPerm(
  node: OnnxNode,
  inputs: readonly (OnnxNode | undefined)[],
  graph: OnnxGraph,
): readonly number[] | undefined {
  if (UNARY.has(node.opType)) return permOf(inputs[0]);
  if (!BINARY.has(node.opType) && node.opType !== 'Concat') return undefined;
  const perms = inputs.map(permOf);
  const perm = perms.find((found) => found !== undefined);
  const fits = perms.every(
    (found, i) => found?.join() === perm?.join() || graph.weights.get(node.inputs[i]!)?.dims.length === 0,
  );
  return perm && fits ? perm : undefined;
}

/** Moving pays when somebody below can take the transposition up, or it is shared with nobody. */
function helps(
  node: OnnxNode,
  _perm: readonly number[],
  readers: ReadonlyMap<string, readonly OnnxNode[]>,
  isOutput: (name: string) => boolean,
): boolean {
  const below = readers.get(node.outputs[0]!) ?? [];
  if (isOutput(node.outputs[0]!)) return false;
  return below.length > 0;
}
