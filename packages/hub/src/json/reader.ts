import { FormatError } from '@paperzoo/core';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const WORDS: readonly (readonly [string, boolean | null])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];

/** What JSON text holds; objects have no prototype, so that keys such as `__proto__` are ordinary. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;
export interface JsonObject {
  [key: string]: JsonValue;
}

/**
 * Pulls values out of JSON text one by one. `JSON.parse` keeps the last of two equal keys, builds the whole tree before
 * anything can be checked, and gives objects a prototype; this reader refuses duplicate keys and lets the caller stop at
 * the first value that does not belong. Time is linear in the text.
 */
export class JsonReader {
  #at = 0;

  constructor(
    private readonly text: string,
    /** Must throw; gets a sentence part such as `expected a string` and an index into the text. */
    private readonly onError: (problem: string, index: number) => Error,
  ) {}

  /** Index of the next character that is not white space. */
  get position(): number {
    for (;;) {
      const c = this.text.charCodeAt(this.#at);
      if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) return this.#at;
      this.#at++;
    }
  }

  fail(problem: string, index = this.position): never {
    throw this.onError(problem, index);
  }

  /** Calls `each` per key; `each` must consume the value. */
  object(each: (key: string, index: number) => void): void {
    this.#expect('{');
    if (this.#accept('}')) return;
    const seen = new Set<string>();
    do {
      const index = this.position;
      const key = this.string();
      if (seen.has(key)) this.fail(`duplicate key ${quote(key)}`, index);
      seen.add(key);
      this.#expect(':');
      each(key, index);
    } while (this.#accept(','));
    this.#expect('}');
  }

  /** Calls `each` per element; `each` must consume it. */
  array(each: (i: number) => void): void {
    this.#expect('[');
    if (this.#accept(']')) return;
    let i = 0;
    do each(i++);
    while (this.#accept(','));
    this.#expect(']');
  }

  string(): string {
    const start = this.position;
    if (this.text.charCodeAt(start) !== QUOTE) this.fail('expected a string');
    let escaped = false;
    for (let i = start + 1; ; i++) {
      const c = this.text.charCodeAt(i);
      if (c === QUOTE) {
        this.#at = i + 1;
        return escaped ? this.#unescape(start, i + 1) : this.text.slice(start + 1, i);
      }
      if (c === BACKSLASH) {
        escaped = true;
        i++;
      } else if (!(c >= 0x20)) {
        this.fail(i < this.text.length ? 'control character in a string' : 'a string has no end', i);
      }
    }
  }

  /** A number without fraction or exponent, 0 ≤ n < 2^53. */
  naturalNumber(): number {
    const start = this.position;
    const n = this.number();
    if (!/^[0-9]+$/.test(this.text.slice(start, this.#at)) || !Number.isSafeInteger(n)) {
      this.fail('expected a non-negative integer below 2^53', start);
    }
    return n;
  }

  number(): number {
    NUMBER.lastIndex = this.position;
    const found = NUMBER.exec(this.text);
    if (!found) this.fail('expected a number');
    const n = Number(found[0]);
    if (!Number.isFinite(n)) this.fail('a number is out of range');
    this.#at += found[0].length;
    return n;
  }

  /** Any value, nested at most `depth` levels: the limit keeps hostile text from exhausting the stack. */
  value(depth: number): JsonValue {
    const c = this.text[this.position];
    if (c === '{' || c === '[') {
      if (depth <= 0) this.fail('nested too deeply');
      if (c === '[') {
        const list: JsonValue[] = [];
        this.array(() => list.push(this.value(depth - 1)));
        return list;
      }
      const object = Object.create(null) as JsonObject;
      this.object((key) => (object[key] = this.value(depth - 1)));
      return object;
    }
    if (c === '"') return this.string();
    for (const [word, value] of WORDS) {
      if (this.text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    }
    return this.number();
  }

  /** Nothing but white space may follow. */
  end(): void {
    if (this.position < this.text.length) this.fail('text after the end of the value');
  }

  #unescape(start: number, end: number): string {
    let value = '';
    try {
      value = JSON.parse(this.text.slice(start, end)) as string;
    } catch {
      this.fail('a string has a bad escape', start);
    }
    if (/\p{Surrogate}/u.test(value)) this.fail('a string has half of a surrogate pair', start);
    return value;
  }

  #accept(c: string): boolean {
    if (this.text[this.position] !== c) return false;
    this.#at++;
    return true;
  }

  #expect(c: string): void {
    if (!this.#accept(c)) this.fail(`expected "${c}"`);
  }
}

/** A name from a file for use in a message: escaped, and short even when the name is hostile. */
export function quote(name: string): string {
  return JSON.stringify(name.length > 120 ? `${name.slice(0, 120)}…` : name);
}

/** A reader whose errors name `file` and the character. */
export function jsonReader(text: string, file: string): JsonReader {
  return new JsonReader(text, (problem, index) => {
    return new FormatError(`${file}: ${problem} at character ${index}.`, { file, where: `character ${index}` });
  });
}
