import { FormatError } from '@paperzoo/core';
import type { OnnxGraph, OnnxModel } from '../model/onnx-graph';
import { introducedIn } from '../read/standard-ops';
import { UnsupportedError } from '../unsupported-error';

/**
 * Checks a model before it is written: names, order, domains, sizes of weights, and that every operator exists.
 * @throws FormatError that lists what is wrong; UnsupportedError that lists the operators which the operator set lacks, by node
 */
export function validate({ graph, functions, opsets }: OnnxModel): void {
  const problems: string[] = [];
  const missing: string[] = [];
  const opset = opsets.get('')!;
  const local = new Set(functions.map(({ domain, name }) => `${domain}::${name}`));
  const check = (inner: OnnxGraph, outside: ReadonlySet<string>) => {
    const known = new Set(outside);
    const names = new Set<string>();
    const define = (name: string, what: string) => {
      if (name === '') problems.push(`${what} has no name`);
      if (known.has(name)) problems.push(`"${name}" is made twice`);
      known.add(name);
    };
    for (const { name } of inner.inputs) define(name, 'an input');
    for (const [name, weight] of inner.weights) {
      define(name, 'a weight');
      if (weight.data && weight.data.byteLength !== weight.bytes)
        problems.push(`weight "${name}" has another size than it says`);
    }
    for (const node of inner.nodes) {
      if (names.has(node.name)) problems.push(`two nodes are called "${node.name}"`);
      names.add(node.name);
      if (!opsets.has(node.domain))
        problems.push(`${node.opType} is of the domain "${node.domain}", which is not imported`);
      if (node.domain === '' && !((introducedIn(node.opType) ?? Infinity) <= opset))
        missing.push(`${node.opType} at "${node.name}"`);
      if (node.domain.startsWith('ai.paperzoo.') && !local.has(`${node.domain}::${node.opType}`))
        problems.push(`${node.domain}.${node.opType} is not defined in the file`);
      for (const input of node.inputs)
        if (input !== '' && !known.has(input)) problems.push(`"${node.name}" reads "${input}" before it is made`);
      for (const value of Object.values(node.attributes)) if ('graph' in value) check(value.graph, known);
      for (const output of node.outputs) define(output, `an output of "${node.name}"`);
    }
    for (const { name } of inner.outputs) if (!known.has(name)) problems.push(`the output "${name}" is never made`);
  };
  check(graph, new Set());
  for (const { inputs, outputs, nodes } of functions) {
    const port = (name: string) => ({ name, type: 'f32', dims: [] }) as const;
    check(
      { name: '', inputs: inputs.map(port), outputs: outputs.map(port), nodes, weights: new Map(), values: new Map() },
      new Set(),
    );
  }
  if (missing.length > 0) {
    throw new UnsupportedError(`Operator set ${opset} lacks ${missing.join('; ')}.`, { expected: opset, got: missing });
  }
  if (problems.length === 0) return;
  throw new FormatError(`The model that was to be written is malformed: ${problems.slice(0, 20).join('; ')}.`, {
    got: problems,
  });
}
