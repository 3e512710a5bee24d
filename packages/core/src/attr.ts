import { AttrError } from './errors';

/** One attribute of an op: how it is checked, and its default when it may be left out. */
export interface Attr<T = unknown, Optional extends boolean = boolean> {
  readonly expected: string;
  readonly optional: Optional;
  readonly fallback: T | undefined;
  accepts(value: unknown): boolean;
}

/** The value that `attr.…(default)` yields: wider than the literal that was given. */
interface Maker<T> {
  (): Attr<T, false>;
  <D extends T | null>(fallback: D): Attr<null extends D ? T | null : T, true>;
}

function maker<T>(expected: string, accepts: (value: unknown) => boolean): Maker<T> {
  return ((...given: [unknown?]) =>
    Object.freeze({
      expected: given[0] === null ? `${expected} or null` : expected,
      optional: given.length > 0,
      fallback: given[0],
      accepts: (value: unknown) => (value === null ? given[0] === null : accepts(value)),
    })) as Maker<T>;
}

const isInt = (value: unknown) => Number.isSafeInteger(value);

/** Attribute types. `attr.int()` is required, `attr.int(0)` has a default, `attr.int(null)` may be null. */
export const attr = {
  int: maker<number>('an integer', isInt),
  number: maker<number>('a number', (value) => typeof value === 'number'),
  boolean: maker<boolean>('a boolean', (value) => typeof value === 'boolean'),
  string: maker<string>('a string', (value) => typeof value === 'string'),
  /** A caller may pass one integer for a list of one, as in PyTorch. */
  ints: maker<readonly number[]>('an array of integers', (value) => Array.isArray(value) && value.every(isInt)),
  oneOf<const V extends string, D extends V | undefined = undefined>(
    values: readonly V[],
    fallback?: D,
  ): Attr<V, D extends undefined ? false : true> {
    return Object.freeze({
      expected: `one of ${values.join(', ')}`,
      optional: (fallback !== undefined) as D extends undefined ? false : true,
      fallback,
      accepts: (value: unknown) => values.includes(value as V),
    });
  },
};

export type AttrSchema = Readonly<Record<string, Attr>>;
type OptionalKeys<A extends AttrSchema> = { [K in keyof A]: A[K] extends Attr<infer _, true> ? K : never }[keyof A];
type AttrValue<T> = T extends Attr<infer V> ? V : never;
type Given<T> = T | (readonly number[] extends T ? number : never);

/** What a caller may pass. */
export type AttrInput<A extends AttrSchema> = { [K in Exclude<keyof A, OptionalKeys<A>>]: Given<AttrValue<A[K]>> } & {
  [K in OptionalKeys<A>]?: Given<AttrValue<A[K]>> | undefined;
};
/** What `shape`, composites and kernels get: everything filled in. */
export type AttrValues<A extends AttrSchema> = { readonly [K in keyof A]: AttrValue<A[K]> };

const defaults = new WeakMap<AttrSchema, object>();

/** Checks `given` against the schema and fills defaults; own properties only, so that a hostile prototype has no say. */
export function resolveAttrs(op: string, schema: AttrSchema, given: object | undefined): object {
  if (given === undefined) {
    const known = defaults.get(schema);
    if (known) return known;
  }
  const values: Record<string, unknown> = {};
  for (const name of Object.keys(given ?? {})) {
    if (Object.hasOwn(schema, name)) continue;
    const expected = Object.keys(schema).join(', ') || 'none';
    const message = `${op}: unknown attribute "${name}"; known ones: ${expected}.`;
    throw new AttrError(message, { op, argument: name, expected });
  }
  for (const name of Object.keys(schema)) {
    const { expected, optional, fallback, accepts } = schema[name]!;
    let value = given && Object.hasOwn(given, name) ? (given as Record<string, unknown>)[name] : undefined;
    // A copy: graphs and tapes keep attributes, and the caller's array may change.
    if (Array.isArray(value)) value = Object.freeze([...(value as unknown[])]);
    else if (isInt(value) && !accepts(value) && accepts([value])) value = Object.freeze([value]);
    if (value === undefined && !optional)
      throw new AttrError(`${op}: attribute "${name}" (${expected}) is required.`, { op, argument: name, expected });
    if (value !== undefined && !accepts(value)) {
      const message = `${op}: attribute "${name}" must be ${expected}, got ${display(value)}.`;
      throw new AttrError(message, { op, argument: name, expected, got: value });
    }
    values[name] = value === undefined ? fallback : value;
  }
  Object.freeze(values);
  if (given === undefined) defaults.set(schema, values);
  return values;
}

/** Never throws, whatever it is given, and never prints a page. */
function display(value: unknown): string {
  if (Array.isArray(value))
    return `[${value.map((item) => (typeof item === 'object' ? '…' : String(item))).join(', ')}]`.slice(0, 200);
  return typeof value === 'object' || typeof value === 'function' ? `a ${typeof value}` : String(value).slice(0, 200);
}
