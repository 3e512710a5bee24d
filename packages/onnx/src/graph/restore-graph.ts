import * as core from '@paperzoo/core';
import {
  DTYPES,
  IntegrityError,
  PluginError,
  resolveAttrs,
  type Graph,
  type GraphNode,
  type Op,
  type Spec,
  type Tensor,
  type Zoo,
} from '@paperzoo/core';
import { contentHash } from './content-hash';
import { checkForm, givenValues, malformed, MOST, specOf } from './graph-form';
import type { GraphJson, SavedGraph } from './saved-graph';

/**
 * The graph that `saveGraph` gave, on a zoo whose plugins have its ops. Its constants are new tensors, which the caller disposes (`graph.constants`).
 * @throws FormatError for anything that no trace could have been, IntegrityError for constants that are not those of their hash, PluginError for
 * ops that the zoo has not, or has in another version
 */
export async function restoreGraph(zoo: Zoo, { json, constants: data }: SavedGraph): Promise<Graph> {
  checkForm(json);
  const ops = opsOf(zoo);
  const values = json.values.map(specOf);
  const known = givenValues(json, values);
  const nodes = json.nodes.map((node) => nodeOf(node, ops, values, known));
  for (const index of json.outputs) if (!known.has(index)) throw malformed(`the output ${index} is never made`);
  const constants = new Map<number, Tensor>();
  try {
    for (const [index, hash] of json.constants) {
      const { shape, dtype } = values[index]!;
      const elements = data.get(hash);
      const fits = elements instanceof DTYPES[dtype].array && elements.length === shape.reduce((a, b) => a * b, 1);
      if (!fits || (await contentHash(elements)) !== hash) {
        throw new IntegrityError(`The constant ${hash} is absent or has other contents than its hash says.`, {
          where: hash,
        });
      }
      constants.set(index, zoo.tensor(elements, { shape, dtype }));
    }
  } catch (error) {
    for (const tensor of constants.values()) tensor.dispose();
    throw error;
  }
  return { values, inputs: json.inputs, outputs: json.outputs, constants, nodes };
}

/** Ops of the core and of the zoo's plugins by name. */
function opsOf(zoo: Zoo): ReadonlyMap<string, Op> {
  const own = Object.values(core).filter((value) => typeof value === 'function' && 'implementation' in value);
  const all = [...(own as unknown as Op[]), ...zoo.plugins.flatMap(({ ops }) => ops ?? [])];
  return new Map(all.map((op) => [op.name, op]));
}

function nodeOf(
  node: GraphJson['nodes'][number],
  ops: ReadonlyMap<string, Op>,
  values: readonly Spec[],
  known: Set<number>,
): GraphNode {
  const op = ops.get(node?.op);
  if (!op) {
    const remedy = 'Give createZoo the plugin that has it.';
    throw new PluginError(`The saved graph has the op "${String(node?.op).slice(0, 100)}", which this zoo has not.`, {
      remedy,
    });
  }
  if (op.version !== node.version) {
    const details = { op: op.name, expected: node.version, got: op.version };
    throw new PluginError(
      `The saved graph has version ${node.version} of ${op.name}; this zoo has version ${op.version}.`,
      details,
    );
  }
  const lists = [node.ins, node.outs, node.path];
  if (!lists.every((list) => Array.isArray(list) && list.length <= MOST))
    throw malformed(`a node of ${op.name} has no lists`);
  const isKnown = (index: number) => known.has(index) || index === -1;
  if (!node.ins.every(isKnown)) throw malformed(`${op.name} reads a value before it is made`);
  const given = Object.entries(node.attrs ?? {}).map(([name, value]) => [name, restored(value)] as const);
  const attrs = resolveAttrs(op.name, op.attrs, Object.fromEntries(given));
  const shaped = op.shape(
    node.ins.map((index) => (index < 0 ? undefined : values[index])),
    attrs,
  );
  const specs = (Array.isArray(shaped) ? shaped : [shaped]) as readonly Spec[];
  const say = ({ shape, dtype }: Spec) => `${dtype}[${shape.join()}]`;
  const same =
    specs.length === node.outs.length &&
    specs.every((spec, i) => values[node.outs[i]!] && say(spec) === say(values[node.outs[i]!]!));
  if (!same || node.outs.some((index) => known.has(index)))
    throw malformed(`${op.name} does not make the values it is said to make`);
  for (const index of node.outs) known.add(index);
  return { op, ins: [...node.ins], outs: [...node.outs], attrs, path: node.path.map(String) };
}

const restored = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'number' in value ? Number(value.number) : value;
