import { DTYPES, type Spec } from '@paperzoo/core';
import { checkForm, givenValues, malformed, MOST, specOf } from './graph-form';

/** What a saved graph says of itself. */
export interface GraphSummary {
  readonly inputs: readonly Spec[];
  readonly outputs: readonly Spec[];
  readonly nodes: number;
  /** How often each op stands in the graph, as `name@version`; most frequent first. */
  readonly ops: Readonly<Record<string, number>>;
  readonly constants: number;
  /** Elements of all constants, and their bytes; they lie elsewhere, by hash. */
  readonly parameters: number;
  readonly constantBytes: number;
}

/**
 * Reads the JSON of `saveGraph` and tells what is in it, without its ops and constants at hand.
 * @throws FormatError for anything that no trace could have been
 */
export function inspectGraph(json: unknown): GraphSummary {
  checkForm(json);
  const values = json.values.map(specOf);
  const known = givenValues(json, values);
  const counts = new Map<string, number>();
  for (const node of json.nodes) {
    const { op, version, ins, outs } = node ?? {};
    if (typeof op !== 'string' || !/^\w[\w.-]{0,99}$/.test(op) || !Number.isSafeInteger(version))
      throw malformed('a node names no op and its version');
    if (![ins, outs].every((list) => Array.isArray(list) && list.length <= MOST))
      throw malformed(`a node of ${op} has no lists`);
    if (!ins.every((index) => index === -1 || known.has(index)))
      throw malformed(`${op} reads a value before it is made`);
    for (const index of outs) {
      if (!values[index] || known.has(index)) throw malformed(`${op} makes a value that is none, or made twice`);
      known.add(index);
    }
    const name = `${op}@${version}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  for (const index of json.outputs) if (!known.has(index)) throw malformed(`the output ${index} is never made`);
  const constants = json.constants.map(([index]) => values[index]!);
  const sizes = constants.map(({ shape }) => shape.reduce((a, b) => a * b, 1));
  return {
    inputs: json.inputs.map((index) => values[index]!),
    outputs: json.outputs.map((index) => values[index]!),
    nodes: json.nodes.length,
    ops: Object.fromEntries([...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))),
    constants: constants.length,
    parameters: sizes.reduce((a, b) => a + b, 0),
    constantBytes: constants.reduce((sum, { dtype }, i) => sum + sizes[i]! * DTYPES[dtype].bytes, 0),
  };
}
