/**
 * Operators as data: how many inputs and outputs, of which types, and which attributes. A table has an operator per paragraph,
 *
 *     MaxPool 12: T > T I?; T=f32|f16|u8 I=i64; kernel_shape=ints! strides=ints
 *
 * its name, the version of its domain that brought it in this form, inputs > outputs, the types that the letters stand for, and attributes.
 * `?` may be absent, `*` is any number of one type, `~` any number of any types, `!` must be there; lines that go on are indented.
 */
import { ELEMENT_TYPES, type ElementType } from '../../model/onnx-graph';
import { CONTRIB_SCHEMAS } from './contrib';
import { STANDARD_SCHEMAS } from './standard';

/** An input or output: a letter or an element type, and how often it may stand there. */
export interface PortSchema {
  readonly type: string;
  readonly count: 'one' | 'optional' | 'same' | 'mixed';
}

export interface OperatorSchema {
  readonly since: number;
  readonly inputs: readonly PortSchema[];
  readonly outputs: readonly PortSchema[];
  /** Element types by letter. */
  readonly types: ReadonlyMap<string, readonly ElementType[]>;
  readonly attributes: ReadonlyMap<string, { readonly kind: string; readonly required: boolean }>;
}

const ELEMENTS = Object.keys(ELEMENT_TYPES) as ElementType[];
const GROUPS: Readonly<Record<string, readonly ElementType[]>> = {
  any: ELEMENTS,
  number: ELEMENTS.filter((type) => type !== 'bool'),
  float: ['f32', 'f16'],
  index: ['i32', 'i64'],
  // Texts and sequences, which no value here is.
  other: [],
};
const COUNTS = { '?': 'optional', '*': 'same', '~': 'mixed' } as const;

/** The schema of an operator of the standard domain, or of com.microsoft, in a version of it; undefined when that has no such operator. */
export function schemaOf(domain: string, name: string, version: number): OperatorSchema | undefined {
  const versions = tableOf(domain)?.get(name) ?? [];
  return versions.filter(({ since }) => since <= version).at(-1);
}

/** The element types that a port's letter stands for. */
export const typesOf = ({ types }: OperatorSchema, { type }: PortSchema): readonly ElementType[] =>
  types.get(type) ?? GROUPS[type] ?? [type as ElementType];

const TEXTS = new Map([
  ['', STANDARD_SCHEMAS],
  ['com.microsoft', CONTRIB_SCHEMAS],
]);
const tables = new Map<string, ReadonlyMap<string, readonly OperatorSchema[]>>();

/** A table is read when an operator of it is first asked for. */
function tableOf(domain: string): ReadonlyMap<string, readonly OperatorSchema[]> | undefined {
  const text = TEXTS.get(domain);
  const known = tables.get(domain);
  if (known || text === undefined) return known;
  const table = new Map<string, OperatorSchema[]>();
  for (const paragraph of text.trim().replace(/\n\s+/g, ' ').split('\n')) {
    const [head, body] = paragraph.split(': ', 2) as [string, string];
    const [name, since] = head.split(' ') as [string, string];
    table.set(name, [...(table.get(name) ?? []), schemaFrom(Number(since), body)]);
  }
  tables.set(domain, table);
  return table;
}

function schemaFrom(since: number, body: string): OperatorSchema {
  const [signature = '', types = '', attributes = ''] = body.split(';');
  const [inputs = '', outputs = ''] = signature.split('>');
  return {
    since,
    inputs: words(inputs).map(portFrom),
    outputs: words(outputs).map(portFrom),
    types: new Map(words(types).map(typeFrom)),
    attributes: new Map(words(attributes).map(attributeFrom)),
  };
}

const words = (text: string): string[] => text.trim().split(/\s+/).filter(Boolean);

function portFrom(word: string): PortSchema {
  const count = COUNTS[word.at(-1) as keyof typeof COUNTS];
  return count ? { type: word.slice(0, -1), count } : { type: word, count: 'one' };
}

function typeFrom(word: string): [string, readonly ElementType[]] {
  const [letter, names] = word.split('=') as [string, string];
  return [letter, GROUPS[names] ?? (names.split('|') as ElementType[])];
}

function attributeFrom(word: string): [string, { kind: string; required: boolean }] {
  const [name, kind] = word.split('=') as [string, string];
  return [name, { kind: kind.replace('!', ''), required: kind.endsWith('!') }];
}
