import { weightOf, type Elements, type ElementType, type Weight } from '../model/onnx-graph';
import type { Names } from './names';

/** The constants of a file: equal ones are one, whoever asks for them. */
export class Weights {
  readonly all = new Map<string, Weight>();
  private readonly byContent = new Map<string, string[]>();
  private readonly byKey = new Map<unknown, Map<string, string>>();

  constructor(private readonly names: Names) {}

  /** The name of a constant with these elements. */
  data(data: Elements, dims: readonly number[], type: ElementType, hint = 'const'): string {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const key = `${type}[${dims.join()}]${hash(bytes)}`;
    const bucket = this.byContent.get(key) ?? [];
    this.byContent.set(key, bucket);
    const known = bucket.find((name) => sameBytes(bytes, this.all.get(name)!.data!));
    if (known !== undefined) return known;
    const name = this.names.fresh(hint);
    bucket.push(name);
    this.all.set(name, weightOf(data, dims, type));
    return name;
  }

  /** The name of a constant that is read later; `owner` and `form` identify it. */
  deferred(owner: object, form: string, weight: () => Weight, hint: string): string {
    const forms = this.byKey.get(owner) ?? new Map<string, string>();
    this.byKey.set(owner, forms);
    const known = forms.get(form);
    if (known !== undefined) return known;
    const name = this.names.fresh(hint);
    forms.set(form, name);
    this.all.set(name, weight());
    return name;
  }
}

/** FNV-1a over words: only picks the bucket, bytes decide. */
function hash(bytes: Uint8Array): number {
  let h = 0x811c9dc5;
  const step = Math.max(1, bytes.length >>> 12);
  for (let i = 0; i < bytes.length; i += step) h = Math.imul(h ^ bytes[i]!, 0x01000193);
  return h >>> 0;
}

function sameBytes(a: Uint8Array, other: Elements): boolean {
  const b = new Uint8Array(other.buffer, other.byteOffset, other.byteLength);
  return a.length === b.length && a.every((x, i) => x === b[i]);
}
