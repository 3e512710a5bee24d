import proto, { type onnx } from 'onnx-proto';

export const f32 = (name: string, ...dims: (number | string)[]): onnx.IValueInfoProto => ({
  name,
  type: {
    tensorType: {
      elemType: 1,
      shape: { dim: dims.map((size) => (typeof size === 'string' ? { dimParam: size } : { dimValue: size })) },
    },
  },
});

export const node = (
  opType: string,
  input: string[],
  output: string[],
  more: Partial<onnx.INodeProto> = {},
): onnx.INodeProto => ({ opType, input, output, ...more });

export const weights = (name: string, dims: number[], more: Partial<onnx.ITensorProto> = {}): onnx.ITensorProto => ({
  name,
  dims,
  dataType: 1,
  rawData: new Uint8Array(4 * dims.reduce((a, b) => a * b, 1)),
  ...more,
});

export const graphNode = (opType: string, name: string, g: onnx.IGraphProto): onnx.INodeProto =>
  node(opType, ['x'], ['y'], { attribute: [{ name, type: proto.onnx.AttributeProto.AttributeType.GRAPH, g }] });

/** A small sound model, y = relu(x · w), of which a test changes one thing. */
export function model(change: { graph?: onnx.IGraphProto; model?: onnx.IModelProto } = {}): Uint8Array {
  return proto.onnx.ModelProto.encode({
    irVersion: 8,
    producerName: 'test',
    opsetImport: [{ domain: '', version: 17 }],
    metadataProps: [{ key: 'plugin', value: '@paperzoo/test' }],
    graph: {
      name: 'g',
      input: [f32('x', 'N', 2)],
      output: [f32('y', 'N', 3)],
      initializer: [weights('w', [2, 3])],
      node: [node('MatMul', ['x', 'w'], ['h']), node('Relu', ['h'], ['y'])],
      ...change.graph,
    },
    ...change.model,
  }).finish();
}
