import proto, { type onnx } from 'onnx-proto';
import type { DType, Spec, TypedArray } from '@paperzoo/core';

/** An ONNX attribute's value: integers are `ints`/`int`, fractional numbers need `float`. */
export type OnnxAttribute =
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly string: string };

export const ONNX_DTYPES: Readonly<Record<DType, number>> = { f32: 1, u8: 2, i32: 6, bool: 9, u32: 12 };

const OPSET = 17;
const IR_VERSION = 8;

/** Collects nodes and constants of one graph and encodes them; names are made up as it goes. */
export class OnnxModel {
  private readonly nodes: onnx.INodeProto[] = [];
  private readonly initializers: onnx.ITensorProto[] = [];
  private readonly shapes = new Map<string, string>();
  private count = 0;

  fresh(hint: string): string {
    return `${hint}_${this.count++}`;
  }

  /** Adds a node; returns the name of its first output. An empty input name is an absent optional input. */
  node(opType: string, inputs: readonly string[], attributes: Readonly<Record<string, OnnxAttribute>> = {}): string {
    return this.many(opType, inputs, 1, attributes)[0]!;
  }

  /** As `node`, for ops with several outputs. */
  many(
    opType: string,
    inputs: readonly string[],
    outputs: number,
    attributes: Readonly<Record<string, OnnxAttribute>>,
  ): string[] {
    const output = Array.from({ length: outputs }, () => this.fresh(opType.toLowerCase()));
    this.nodes.push({
      opType,
      name: `n_${output[0]}`,
      input: [...inputs],
      output,
      attribute: Object.entries(attributes).map(([name, value]) => attributeProto(name, value)),
    });
    return output;
  }

  /** A constant with the elements of `data`, row-major. */
  constant(data: TypedArray, { shape, dtype }: Spec): string {
    return this.initializer(bytesOf(data), shape, ONNX_DTYPES[dtype]);
  }

  scalar(value: number): string {
    return this.constant(Float32Array.of(value), { shape: [], dtype: 'f32' });
  }

  /** An int64 vector, as shapes, axes and pads are; equal ones are shared. */
  ints(values: readonly number[]): string {
    const key = values.join();
    const known = this.shapes.get(key);
    if (known !== undefined) return known;
    const name = this.initializer(bytesOf(BigInt64Array.from(values, BigInt)), [values.length], 7);
    this.shapes.set(key, name);
    return name;
  }

  private initializer(rawData: Uint8Array, dims: readonly number[], dataType: number): string {
    const name = this.fresh('const');
    this.initializers.push({ name, dims: [...dims], dataType, rawData });
    return name;
  }

  /** The serialized ModelProto. */
  encode(input: { name: string; spec: Spec }, output: { name: string; spec: Spec }): Uint8Array {
    return proto.onnx.ModelProto.encode({
      irVersion: IR_VERSION,
      producerName: 'paperzoo-benchmarks',
      opsetImport: [{ domain: '', version: OPSET }],
      graph: {
        name: 'graph',
        node: this.nodes,
        initializer: this.initializers,
        input: [valueInfo(input)],
        output: [valueInfo(output)],
      },
    }).finish();
  }
}

function bytesOf(data: TypedArray | BigInt64Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

const valueInfo = ({ name, spec }: { name: string; spec: Spec }): onnx.IValueInfoProto => ({
  name,
  type: {
    tensorType: { elemType: ONNX_DTYPES[spec.dtype], shape: { dim: spec.shape.map((dimValue) => ({ dimValue })) } },
  },
});

function attributeProto(name: string, value: OnnxAttribute): onnx.IAttributeProto {
  const { AttributeType } = proto.onnx.AttributeProto;
  if ('int' in value) return { name, type: AttributeType.INT, i: value.int };
  if ('ints' in value) return { name, type: AttributeType.INTS, ints: [...value.ints] };
  if ('float' in value) return { name, type: AttributeType.FLOAT, f: value.float };
  return { name, type: AttributeType.STRING, s: new TextEncoder().encode(value.string) };
}
