import { ELEMENT_TYPES, type ElementType, type OnnxAttribute, type OnnxNode } from '../model/onnx-graph';
import { typesOf, type OperatorSchema, type PortSchema } from './schemas/operator-schema';

/** A value's element type; undefined when it cannot be told, as after something that was refused. */
export type KnownType = ElementType | undefined;

/** What is wrong with a node, and the types of its outputs. */
export interface CheckedNode {
  readonly problems: readonly string[];
  readonly outputs: readonly KnownType[];
}

/** Compares a node with its operator's schema: numbers and types of inputs and outputs, and attributes. */
export function checkNode(node: OnnxNode, schema: OperatorSchema, types: readonly KnownType[]): CheckedNode {
  const problems = [
    ...countProblems('input', node.inputs, schema.inputs),
    ...countProblems('output', node.outputs, schema.outputs),
    ...attributeProblems(node.attributes, schema),
  ];
  const bound = new Map<string, ElementType>();
  node.inputs.forEach((name, i) => {
    const port = portAt(schema.inputs, i);
    const type = types[i];
    if (name === '' || !port || !type) return;
    const allowed = typesOf(schema, port);
    if (!allowed.includes(type))
      problems.push(`takes ${allowed.join(' or ') || 'no tensor'} as "${name}", not ${type}`);
    if (port.count === 'mixed') return;
    const before = bound.get(port.type);
    if (before && before !== type) problems.push(`takes one type where "${name}" is ${type} and another is ${before}`);
    if (!before) bound.set(port.type, type);
  });
  return { problems, outputs: node.outputs.map((_, i) => outputType(node, schema, i, bound, types)) };
}

/** Of what may be any number there is but one, at the end. */
function portAt(ports: readonly PortSchema[], at: number): PortSchema | undefined {
  const last = ports.at(-1);
  return ports[at] ?? (last?.count === 'same' || last?.count === 'mixed' ? last : undefined);
}

function countProblems(what: string, names: readonly string[], ports: readonly PortSchema[]): string[] {
  const missing = ports.flatMap(({ count }, i) => (count === 'one' && !names[i] ? [`lacks its ${what} ${i}`] : []));
  const most = names.findIndex((_, i) => !portAt(ports, i));
  return most < 0 ? missing : [...missing, `has ${names.length} ${what}s, ${most} at most are known`];
}

const kindOf = (value: OnnxAttribute): string => Object.keys(value)[0]!;

function attributeProblems(given: OnnxNode['attributes'], { attributes }: OperatorSchema): string[] {
  const wrong = Object.entries(given).flatMap(([name, value]) => {
    const known = attributes.get(name);
    if (!known) return [`has no attribute "${name}"`];
    return known.kind === kindOf(value) ? [] : [`takes ${known.kind} as attribute "${name}", not ${kindOf(value)}`];
  });
  const missing = [...attributes].filter(([name, { required }]) => required && !Object.hasOwn(given, name));
  return [...wrong, ...missing.map(([name]) => `lacks its attribute "${name}"`)];
}

const NAMES = new Map<number, ElementType>(
  Object.entries(ELEMENT_TYPES).map(([name, number]) => [number, name as ElementType]),
);
/** Attributes that name the type of what an operator makes. */
const TYPE_ATTRIBUTES = ['to', 'dtype', 'output_datatype'];
/** What operators make that read nothing of that type, unless an attribute says otherwise. */
const MADE: Readonly<Record<string, ElementType>> = {
  ConstantOfShape: 'f32',
  RandomNormal: 'f32',
  RandomUniform: 'f32',
  Multinomial: 'i32',
  MelWeightMatrix: 'f32',
  HannWindow: 'f32',
  HammingWindow: 'f32',
  BlackmanWindow: 'f32',
};

function outputType(
  { opType, attributes }: OnnxNode,
  schema: OperatorSchema,
  at: number,
  bound: ReadonlyMap<string, ElementType>,
  inputs: readonly KnownType[],
): KnownType {
  const port = portAt(schema.outputs, at);
  if (!port || port.count === 'mixed') return undefined;
  const allowed = typesOf(schema, port);
  const known = bound.get(port.type) ?? (allowed.length === 1 ? allowed[0] : undefined);
  if (known) return known;
  for (const name of TYPE_ATTRIBUTES) {
    const value = attributes[name];
    if (value && 'int' in value) return NAMES.get(value.int);
  }
  const { value } = attributes;
  if (value && 'tensor' in value) return value.tensor.type;
  if ('value_float' in attributes) return 'f32';
  if ('value_int' in attributes || 'value_ints' in attributes) return 'i64';
  const made = MADE[opType] ?? inputs[0];
  return made && allowed.includes(made) ? made : undefined;
}
