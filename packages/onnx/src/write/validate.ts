import { FormatError } from '@paperzoo/core';
import type { OnnxFunction, OnnxGraph, OnnxModel, OnnxNode } from '../model/onnx-graph';
import { UnsupportedError } from '../unsupported-error';
import { checkBodies } from './check-bodies';
import { checkNode, type KnownType } from './check-node';
import { schemaOf } from './schemas/operator-schema';

/** Problems that a message spells out; the error's details hold all of them. */
const SHOWN = 20;

/**
 * Checks a model before it is written: unique names, an order in which everything is made before it is read, and every node against the schema
 * of its operator, with types followed through graphs in attributes and functions.
 * @throws FormatError that lists all that is wrong, by node, whose name begins with the modules that it came from; UnsupportedError when all
 * that is wrong is that operators do not exist in the versions that the model imports
 */
export function validate(model: OnnxModel): void {
  const { problems, missing } = new Validation(model).run();
  if (problems.length === 0 && missing.length === 0) return;
  if (problems.length === 0) {
    const sets = [...new Set(missing.map(({ set }) => set))].map((set) => {
      const lacks = missing.filter((each) => each.set === set).map(({ what }) => what);
      return `${set} lacks ${[...new Set(lacks)].join('; ')}`;
    });
    throw new UnsupportedError(`${sets.join('. ')}.`, {
      expected: Object.fromEntries(model.opsets),
      got: missing.map(({ what }) => what),
    });
  }
  const all = [...new Set([...problems, ...missing.map(({ set, what }) => `${what} does not exist: ${set} lacks it`)])];
  const more = all.length > SHOWN ? `; and ${all.length - SHOWN} more` : '';
  throw new FormatError(`The model that was to be written is malformed: ${all.slice(0, SHOWN).join('; ')}${more}.`, {
    got: all,
  });
}

type Types = Map<string, KnownType>;

/** One model's problems. */
class Validation {
  private readonly problems: string[] = [];
  private readonly missing: { readonly set: string; readonly what: string }[] = [];
  private readonly functions: ReadonlyMap<string, OnnxFunction>;
  /** Types that functions make, by function and the types that they are given. */
  private readonly calls = new Map<string, readonly KnownType[]>();
  /** Functions whose bodies are being looked at. */
  private readonly open = new Set<OnnxFunction>();

  constructor(private readonly model: OnnxModel) {
    this.functions = new Map(model.functions.map((each) => [`${each.domain}::${each.name}`, each]));
    if (this.functions.size < model.functions.length) this.problems.push('two functions have one name');
  }

  run() {
    this.graph(this.model.graph, new Map());
    return { problems: this.problems, missing: this.missing };
  }

  /** A graph, with what it may read from the graphs around it. */
  private graph(graph: OnnxGraph, outside: Types): void {
    const types = new Map(outside);
    for (const { name, type } of graph.inputs) this.define(types, name, type, 'an input');
    for (const [name, { type, data, bytes }] of graph.weights) {
      this.define(types, name, type, 'a weight');
      if (data && data.byteLength !== bytes) this.problems.push(`weight "${name}" has another size than it says`);
    }
    this.nodes(graph.nodes, types);
    for (const { name, type } of [...graph.values.values(), ...graph.outputs]) {
      const made = types.get(name);
      if (made && made !== type) this.problems.push(`"${name}" is ${made} and is said to be ${type}`);
    }
    for (const { name } of graph.outputs)
      if (!types.has(name)) this.problems.push(`the output "${name}" is never made`);
  }

  private nodes(nodes: readonly OnnxNode[], types: Types): void {
    const names = new Set<string>();
    const made = new Set(nodes.flatMap(({ outputs }) => outputs));
    for (const node of nodes) {
      if (names.has(node.name)) this.problems.push(`two nodes are called "${node.name}"`);
      names.add(node.name);
      for (const input of node.inputs) {
        if (input === '' || types.has(input)) continue;
        const why = made.has(input) ? 'is made only later: the graph runs in a circle' : 'nothing makes';
        this.problems.push(`"${node.name}" reads "${input}", which ${why}`);
      }
      for (const value of Object.values(node.attributes)) if ('graph' in value) this.graph(value.graph, types);
      const outputs = this.outputsOf(
        node,
        node.inputs.map((name) => types.get(name)),
      );
      node.outputs.forEach((name, i) => {
        if (name !== '') this.define(types, name, outputs[i], `an output of "${node.name}"`);
      });
    }
  }

  /** The types of what a node makes; whatever is wrong with the node is noted. */
  private outputsOf(node: OnnxNode, inputs: readonly KnownType[]): readonly KnownType[] {
    const { domain, opType, name } = node;
    const version = this.model.opsets.get(domain);
    if (version === undefined) {
      this.problems.push(`${opType} at "${name}" is of the domain "${domain}", which is not imported`);
      return [];
    }
    const local = this.functions.get(`${domain}::${opType}`);
    if (local) return this.called(local, node, inputs);
    const schema = schemaOf(domain, opType, version);
    if (!schema) {
      const set = domain === '' ? `Operator set ${version}` : `Version ${version} of ${domain}`;
      this.missing.push({ set, what: `${opType} at "${name}"` });
      return [];
    }
    const own = checkNode(node, schema, inputs);
    const bodies = checkBodies(node, inputs);
    for (const problem of [...own.problems, ...(bodies?.problems ?? [])])
      this.problems.push(`${opType} at "${name}" ${problem}`);
    return bodies?.outputs ?? own.outputs;
  }

  /** A function's body is checked once for each combination of types that it is given. */
  private called(fn: OnnxFunction, { name, inputs, outputs }: OnnxNode, given: readonly KnownType[]) {
    if (inputs.length > fn.inputs.length || outputs.length > fn.outputs.length)
      this.problems.push(`"${name}" calls ${fn.name} with more inputs or outputs than it has`);
    const key = `${fn.domain}::${fn.name}(${given.join()})`;
    const known = this.calls.get(key);
    if (known) return known;
    if (this.open.has(fn)) {
      this.problems.push(`${fn.name} calls itself at "${name}"`);
      return [];
    }
    this.open.add(fn);
    const types: Types = new Map(fn.inputs.map((input, i) => [input, given[i]]));
    this.nodes(fn.nodes, types);
    const lost = fn.outputs.find((output) => !types.has(output));
    if (lost !== undefined) this.problems.push(`${fn.name} never makes its output "${lost}"`);
    const made = fn.outputs.map((output) => types.get(output));
    this.open.delete(fn);
    this.calls.set(key, made);
    return made;
  }

  private define(types: Types, name: string, type: KnownType, what: string): void {
    if (name === '') this.problems.push(`${what} has no name`);
    if (types.has(name)) this.problems.push(`"${name}" is made twice`);
    types.set(name, type);
  }
}
