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

/** What a caller may pass. */
export type AttrInput<A extends AttrSchema> = { [K in Exclude<keyof A, OptionalKeys<A>>]: AttrValue<A[K]> } & {
  [K in OptionalKeys<A>]?: AttrValue<A[K]> | undefined;
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
    if (!Object.hasOwn(schema, name)) {
      const known = Object.keys(schema).join(', ') || 'none';
      throw new AttrError(`${op}: unknown attribute "${name}"; known ones: ${known}.`, {
        op,
        argument: name,
        expected: known,
      });
    }
  }
  for (const name of Object.keys(schema)) {
    const rule = schema[name]!;
    const value = given && Object.hasOwn(given, name) ? (given as Record<string, unknown>)[name] : undefined;
    if (value === undefined) {
      if (!rule.optional)
        throw new AttrError(`${op}: attribute "${name}" (${rule.expected}) is required.`, { op, argument: name });
      values[name] = rule.fallback;
    } else if (rule.accepts(value)) {
      values[name] = value;
    } else {
      const got = typeof value === 'object' ? JSON.stringify(value) : String(value);
      throw new AttrError(`${op}: attribute "${name}" must be ${rule.expected}, got ${got}.`, {
        op,
        argument: name,
        expected: rule.expected,
        got: value,
      });
    }
  }
  Object.freeze(values);
  if (given === undefined) defaults.set(schema, values);
  return values;
}
