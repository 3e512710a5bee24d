import { FormatError } from '@paperzoo/core';
import { jsonReader, quote, type JsonObject, type JsonValue } from './reader';
import { decodeUtf8 } from './utf8';

/** What a field of a configuration may hold. */
export type ConfigField =
  | { readonly kind: 'integer' | 'number'; readonly min: number; readonly max: number; readonly default?: number }
  | {
      readonly kind: 'string';
      readonly oneOf?: readonly string[];
      readonly maxLength?: number;
      readonly default?: string;
    }
  | { readonly kind: 'boolean'; readonly default?: boolean }
  | {
      readonly kind: 'integers' | 'numbers';
      readonly min: number;
      readonly max: number;
      readonly maxLength: number;
      readonly default?: readonly number[];
    };

type ValueOf<F extends ConfigField> = F extends { kind: 'integer' | 'number' }
  ? number
  : F extends { kind: 'string' }
    ? string
    : F extends { kind: 'boolean' }
      ? boolean
      : readonly number[];

export type ConfigFields = Readonly<Record<string, ConfigField>>;
export type ConfigOf<Fields extends ConfigFields> = { readonly [K in keyof Fields]: ValueOf<Fields[K]> };

export interface JsonConfigOptions<Fields extends ConfigFields> {
  /** Names the file in errors. */
  file?: string;
  /** Larger texts are refused unread; default 16 MiB. */
  maxBytes?: number;
  /** Fields to check and return in `fields`; one without default must be present. Others stay in `raw` only. */
  fields?: Fields;
}

/**
 * Reads a `config.json` that nobody vouches for: bounded size and depth, no duplicate keys, objects without prototype, and
 * every field that is asked for within its stated bounds, before anything is allocated from it.
 * @throws FormatError naming the file and the field
 */
export function readJsonConfig<const Fields extends ConfigFields = Record<never, never>>(
  json: Uint8Array | string,
  options: JsonConfigOptions<Fields> = {},
): { raw: Readonly<JsonObject>; fields: ConfigOf<Fields> } {
  const { file = 'config.json', maxBytes = 2 ** 24, fields = {} as Fields } = options;
  if (json.length > maxBytes) {
    throw new FormatError(`${file} has ${json.length} bytes, the limit is ${maxBytes}.`, {
      file,
      expected: maxBytes,
      got: json.length,
    });
  }
  const text = typeof json === 'string' ? json : decodeUtf8(json, file);
  const reader = jsonReader(text, file);
  const raw = reader.value(64);
  reader.end();
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    throw new FormatError(`${file} must hold a JSON object.`, {
      file,
      expected: 'object',
      got: Array.isArray(raw) ? 'array' : typeof raw,
    });
  }
  const checked = Object.create(null) as Record<string, unknown>;
  for (const [name, field] of Object.entries(fields)) checked[name] = checkField(name, field, raw[name], file);
  return { raw, fields: checked as ConfigOf<Fields> };
}

function checkField(name: string, field: ConfigField, value: JsonValue | undefined, file: string): unknown {
  if (value === undefined && field.default !== undefined) return field.default;
  const expected = describe(field);
  if (!fits(field, value)) {
    const got = value === undefined ? 'nothing' : quote(JSON.stringify(value));
    throw new FormatError(`${file}: ${quote(name)} must be ${expected}, got ${got}.`, {
      file,
      where: name,
      argument: name,
      expected,
      got: value,
    });
  }
  return value;
}

function fits(field: ConfigField, value: JsonValue | undefined): boolean {
  switch (field.kind) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'string':
      return (
        typeof value === 'string' && value.length <= (field.maxLength ?? 1024) && (field.oneOf?.includes(value) ?? true)
      );
    case 'integer':
    case 'number':
      return inRange(value, field, field.kind === 'integer');
    default:
      return (
        Array.isArray(value) &&
        value.length <= field.maxLength &&
        value.every((n) => inRange(n, field, field.kind === 'integers'))
      );
  }
}

function inRange(value: JsonValue | undefined, { min, max }: { min: number; max: number }, whole: boolean): boolean {
  return typeof value === 'number' && value >= min && value <= max && (!whole || Number.isInteger(value));
}

function describe(field: ConfigField): string {
  switch (field.kind) {
    case 'boolean':
      return 'true or false';
    case 'string':
      return field.oneOf
        ? `one of ${field.oneOf.join(', ')}`
        : `a string of at most ${field.maxLength ?? 1024} characters`;
    case 'integer':
      return `an integer from ${field.min} to ${field.max}`;
    case 'number':
      return `a number from ${field.min} to ${field.max}`;
    default:
      return `at most ${field.maxLength} ${field.kind} from ${field.min} to ${field.max}`;
  }
}
