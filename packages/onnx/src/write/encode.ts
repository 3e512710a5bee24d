import proto, { type onnx } from 'onnx-proto';
import type { Dim } from '../graph/size';
import {
  ELEMENT_TYPES,
  type OnnxAttribute,
  type OnnxFunction,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type OnnxValue,
  type Weight,
} from '../model/onnx-graph';

/** Opsets and the version of the file format that came with them. */
const IR_VERSIONS: Readonly<Record<number, number>> = { 17: 8, 18: 8, 19: 9, 20: 9, 21: 10 };

/** Where a weight's bytes are: in the model, or at an offset of a file beside it. */
export type Placement = { readonly data: Uint8Array } | { readonly file: string; readonly offset: number };

/** The serialized ModelProto. */
export function encode(model: OnnxModel, placements: ReadonlyMap<string, Placement>): Uint8Array {
  const opset = model.opsets.get('')!;
  const opsetImport = [...model.opsets].map(([domain, version]) => ({ domain, version }));
  return proto.onnx.ModelProto.encode({
    irVersion: IR_VERSIONS[opset]!,
    producerName: 'paperzoo',
    opsetImport,
    graph: graphProto(model.graph, placements),
    functions: model.functions.map((fn) => functionProto(fn, opsetImport)),
    metadataProps: Object.entries(model.metadata).map(([key, value]) => ({ key, value })),
  }).finish();
}

function graphProto(graph: OnnxGraph, placements: ReadonlyMap<string, Placement>): onnx.IGraphProto {
  return {
    name: graph.name,
    node: graph.nodes.map(nodeProto),
    initializer: [...graph.weights].map(([name, weight]) => tensorProto(name, weight, placements.get(name)!)),
    input: graph.inputs.map(valueInfo),
    output: graph.outputs.map(valueInfo),
    valueInfo: [...graph.values.values()].map(valueInfo),
  };
}

const functionProto = (fn: OnnxFunction, opsetImport: { domain: string; version: number }[]): onnx.IFunctionProto => ({
  name: fn.name,
  domain: fn.domain,
  input: [...fn.inputs],
  output: [...fn.outputs],
  node: fn.nodes.map(nodeProto),
  docString: fn.doc,
  opsetImport,
});

const nodeProto = ({ opType, domain, name, inputs, outputs, attributes }: OnnxNode): onnx.INodeProto => ({
  opType,
  domain,
  name,
  input: [...inputs],
  output: [...outputs],
  attribute: Object.entries(attributes).map(([key, value]) => attributeProto(key, value)),
});

function attributeProto(name: string, value: OnnxAttribute): onnx.IAttributeProto {
  const { AttributeType } = proto.onnx.AttributeProto;
  if ('int' in value) return { name, type: AttributeType.INT, i: value.int };
  if ('ints' in value) return { name, type: AttributeType.INTS, ints: [...value.ints] };
  if ('float' in value) return { name, type: AttributeType.FLOAT, f: value.float };
  if ('string' in value) return { name, type: AttributeType.STRING, s: new TextEncoder().encode(value.string) };
  if ('tensor' in value) {
    const { type, dims, values } = value.tensor;
    const field =
      type === 'f32'
        ? { floatData: [...values] }
        : type === 'i64'
          ? { int64Data: [...values] }
          : { int32Data: [...values] };
    return { name, type: AttributeType.TENSOR, t: { dims: [...dims], dataType: ELEMENT_TYPES[type], ...field } };
  }
  return { name, type: AttributeType.GRAPH, g: graphProto(value.graph, new Map()) };
}

function tensorProto(name: string, { type, dims }: Weight, placement: Placement): onnx.ITensorProto {
  const tensor = { name, dims: [...dims], dataType: ELEMENT_TYPES[type] };
  if ('data' in placement) return { ...tensor, rawData: placement.data };
  return {
    ...tensor,
    dataLocation: proto.onnx.TensorProto.DataLocation.EXTERNAL,
    externalData: [
      { key: 'location', value: placement.file },
      { key: 'offset', value: `${placement.offset}` },
      { key: 'length', value: `${bytesOf(type, dims)}` },
    ],
  };
}

const BYTES = { f32: 4, u8: 1, i32: 4, i64: 8, bool: 1, f16: 2, u32: 4 } as const;
const bytesOf = (type: keyof typeof BYTES, dims: readonly number[]) => dims.reduce((a, b) => a * b, BYTES[type]);

const valueInfo = ({ name, type, dims }: OnnxValue): onnx.IValueInfoProto => ({
  name,
  type: { tensorType: { elemType: ELEMENT_TYPES[type], shape: { dim: dims.map(dimension) } } },
});

const dimension = (dim: Dim): onnx.TensorShapeProto.IDimension =>
  typeof dim === 'number' ? { dimValue: dim } : { dimParam: String(dim) };
