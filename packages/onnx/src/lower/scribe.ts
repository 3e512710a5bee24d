import { DTYPES, type DType, type TypedArray } from '@paperzoo/core';
import type { Origin } from '../graph/symbolic-graph';
import { isFixed, sameDim, type Dim } from '../graph/size';
import {
  ELEMENT_TYPES,
  type ElementType,
  type OnnxAttribute,
  type OnnxNode,
  type OnnxValue,
} from '../model/onnx-graph';
import type { Names } from './names';
import type { NodeWriter } from './rule';
import type { Weights } from './weights';

/** Where the size behind a symbol can be read while the file runs: an axis of an input. */
export type Sources = ReadonlyMap<string, { readonly input: string; readonly axis: number }>;

const ALLOW_ZERO: Readonly<Record<string, OnnxAttribute>> = { allowzero: { int: 1 } };

/** Collects the nodes of one graph; constants and names belong to the whole file. */
export class Scribe implements NodeWriter {
  readonly nodes: OnnxNode[] = [];
  /** Prefix of the names of nodes that follow, such as `stages.0.blocks.1`. */
  where = '';
  /** The call that nodes which follow came from. */
  origin: Origin | undefined;
  private readonly computed = new Map<string, string>();

  constructor(
    private readonly names: Names,
    private readonly weights: Weights,
    private readonly sources: Sources,
  ) {}

  add(
    opType: string,
    inputs: readonly (string | undefined)[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    domain = '',
  ): string {
    return this.addMany(opType, inputs, 1, attributes, domain)[0]!;
  }

  addMany(
    opType: string,
    inputs: readonly (string | undefined)[],
    count: number,
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    domain = '',
  ): string[] {
    const name = this.names.fresh(this.where ? `${this.where}/${opType}` : opType);
    const outputs = Array.from({ length: count }, (_, i) => this.names.fresh(count > 1 ? `${name}:${i}` : `${name}:y`));
    const given = [...inputs];
    while (given.length > 0 && given.at(-1) === undefined) given.pop();
    this.nodes.push({
      ...{ opType, domain, name, inputs: given.map((input) => input ?? ''), outputs, attributes },
      ...(this.origin ? { origin: this.origin } : {}),
    });
    return outputs;
  }

  tensor(data: TypedArray, dims: readonly number[], type: ElementType): string {
    return this.weights.data(data, dims, type);
  }

  scalar(value: number, type: 'f32' | 'i32' | 'i64' = 'f32'): string {
    if (type === 'i64') return this.weights.data(BigInt64Array.of(BigInt(value)), [], 'i64');
    return this.weights.data((type === 'f32' ? Float32Array : Int32Array).of(value), [], type);
  }

  ints(values: readonly Dim[]): string {
    if (isFixed(values)) return this.weights.data(BigInt64Array.from(values, BigInt), [values.length], 'i64');
    const parts = values.map((value) => this.sizeOf(value));
    return parts.length === 1
      ? parts[0]!
      : this.once(`[${values.join()}]`, () => this.add('Concat', parts, { axis: { int: 0 } }));
  }

  reshape(x: string, from: readonly Dim[], to: readonly Dim[]): string {
    if (isFixed(to)) {
      // A size of 0 would mean "as in the input".
      return this.add('Reshape', [x, this.ints(to)], to.includes(0) ? ALLOW_ZERO : {});
    }
    let open = 0;
    const said = to.map((dim, i): Dim => {
      if (typeof dim === 'number') return dim;
      if (sameDim(dim, from[i])) return 0;
      open++;
      return -1;
    });
    if (open > 1 || to.includes(0)) return this.add('Reshape', [x, this.ints(to)]);
    return this.add('Reshape', [x, this.ints(said)]);
  }

  graph(
    inputs: readonly { readonly type: ElementType; readonly dims: readonly Dim[] }[],
    outputs: readonly { readonly type: ElementType; readonly dims: readonly Dim[] }[],
    build: (inner: NodeWriter, names: readonly string[]) => readonly string[],
  ): OnnxAttribute {
    const inner = new Scribe(this.names, this.weights, this.sources);
    inner.where = this.names.fresh(this.where ? `${this.where}/body` : 'body');
    const ports = inputs.map((spec, i): OnnxValue => ({ ...spec, name: this.names.fresh(`${inner.where}/in_${i}`) }));
    const made = build(
      inner,
      ports.map(({ name }) => name),
    );
    // An output must have a name of its own, and be made inside.
    const inside = new Set(inner.nodes.flatMap((node) => node.outputs));
    const results = made.map((name) => (inside.delete(name) ? name : inner.add('Identity', [name])));
    return {
      graph: {
        name: inner.where,
        inputs: ports,
        outputs: outputs.map((spec, i): OnnxValue => ({ ...spec, name: results[i]! })),
        nodes: inner.nodes,
        weights: new Map(),
        values: new Map(),
      },
    };
  }

  /** One number everywhere, of a shape and a value that may be symbolic. */
  fill(dims: readonly Dim[], value: Dim, dtype: DType): string {
    if (isFixed(dims) && typeof value === 'number') {
      const size = dims.reduce((a, b) => a * b, 1);
      return this.tensor(new DTYPES[dtype].array(new ArrayBuffer(size * DTYPES[dtype].bytes)).fill(value), dims, dtype);
    }
    const one =
      typeof value === 'number'
        ? this.fill([], value, dtype)
        : this.add('Reshape', [
            this.add('Cast', [this.sizeOf(value)], { to: { int: ELEMENT_TYPES[dtype] } }),
            this.ints([]),
          ]);
    return dims.length === 0 ? one : this.add('Expand', [one, this.ints(dims)]);
  }

  /** An int64 vector of one element. */
  private sizeOf(dim: Dim): string {
    if (typeof dim === 'number') return this.ints([dim]);
    return this.once(String(dim), () => {
      const terms = [...dim.terms].map(([product, n]) => {
        if (product === '') return this.ints([n]);
        const value = product.split('*').map((symbol) => this.symbol(symbol));
        const factors = n === 1 ? value : [...value, this.ints([n])];
        return factors.reduce((a, b) => this.add('Mul', [a, b]));
      });
      return terms.reduce((a, b) => this.add('Add', [a, b]));
    });
  }

  private symbol(name: string): string {
    return this.once(name, () => {
      const { input, axis } = this.sources.get(name)!;
      return this.add('Shape', [input], { start: { int: axis }, end: { int: axis + 1 } });
    });
  }

  /** Sizes are computed once per graph. */
  private once(key: string, make: () => string): string {
    const known = this.computed.get(key);
    if (known !== undefined) return known;
    // They belong to nobody, because others may ask for them too.
    const { where, origin } = this;
    this.where = 'sizes';
    this.origin = undefined;
    const made = make();
    this.where = where;
    this.origin = origin;
    this.computed.set(key, made);
    return made;
  }
}
