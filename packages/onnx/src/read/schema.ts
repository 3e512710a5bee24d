/** How a field lies in the file: a number of one of three widths, bytes (texts too), or numbers of one width one after the other. */
export type Wire = 'varint' | 'fixed32' | 'fixed64' | 'bytes' | 'varints' | 'fixed32s' | 'fixed64s';

/** A field: its wire form, or the message that it holds. */
export type Field = Wire | MessageName;

export type MessageName =
  | 'Attribute'
  | 'Dimension'
  | 'Entry'
  | 'Function'
  | 'Graph'
  | 'Map'
  | 'Model'
  | 'Node'
  | 'OperatorSet'
  | 'Segment'
  | 'Sequence'
  | 'Shape'
  | 'SparseTensor'
  | 'Tensor'
  | 'TensorAnnotation'
  | 'TensorType'
  | 'Training'
  | 'Type'
  | 'ValueInfo';

/** onnx.proto3 by message and field number, as far as the decoder reads it. Other fields are skipped, as protobuf wants it. */
export const MESSAGES: Readonly<Record<MessageName, Readonly<Record<number, Field>>>> = {
  Attribute: {
    ...{ 1: 'bytes', 21: 'bytes', 13: 'bytes', 20: 'varint', 2: 'fixed32', 3: 'varint', 4: 'bytes' },
    ...{ 5: 'Tensor', 6: 'Graph', 22: 'SparseTensor', 14: 'Type', 7: 'fixed32s', 8: 'varints', 9: 'bytes' },
    ...{ 10: 'Tensor', 11: 'Graph', 23: 'SparseTensor', 15: 'Type' },
  },
  Dimension: { 1: 'varint', 2: 'bytes', 3: 'bytes' },
  Entry: { 1: 'bytes', 2: 'bytes' },
  Function: {
    ...{ 1: 'bytes', 4: 'bytes', 5: 'bytes', 6: 'bytes', 7: 'Node', 8: 'bytes', 9: 'OperatorSet', 10: 'bytes' },
  },
  Graph: {
    ...{ 1: 'Node', 2: 'bytes', 5: 'Tensor', 15: 'SparseTensor', 10: 'bytes', 11: 'ValueInfo', 12: 'ValueInfo' },
    ...{ 13: 'ValueInfo', 14: 'TensorAnnotation' },
  },
  Map: { 1: 'varint', 2: 'Type' },
  Model: {
    ...{ 1: 'varint', 8: 'OperatorSet', 2: 'bytes', 3: 'bytes', 4: 'bytes', 5: 'varint', 6: 'bytes', 7: 'Graph' },
    ...{ 14: 'Entry', 20: 'Training', 25: 'Function' },
  },
  Node: { 1: 'bytes', 2: 'bytes', 3: 'bytes', 4: 'bytes', 7: 'bytes', 5: 'Attribute', 6: 'bytes' },
  OperatorSet: { 1: 'bytes', 2: 'varint' },
  Segment: { 1: 'varint', 2: 'varint' },
  Sequence: { 1: 'Type' },
  Shape: { 1: 'Dimension' },
  SparseTensor: { 1: 'Tensor', 2: 'Tensor', 3: 'varints' },
  Tensor: {
    ...{ 1: 'varints', 2: 'varint', 3: 'Segment', 4: 'fixed32s', 5: 'varints', 6: 'bytes', 7: 'varints', 8: 'bytes' },
    ...{ 12: 'bytes', 9: 'bytes', 13: 'Entry', 14: 'varint', 10: 'fixed64s', 11: 'varints' },
  },
  TensorAnnotation: { 1: 'bytes', 2: 'Entry' },
  TensorType: { 1: 'varint', 2: 'Shape' },
  Training: { 1: 'Graph', 2: 'Graph', 3: 'Entry', 4: 'Entry' },
  Type: { 1: 'TensorType', 4: 'Sequence', 5: 'Map', 8: 'TensorType', 9: 'Sequence', 6: 'bytes' },
  ValueInfo: { 1: 'bytes', 2: 'Type', 3: 'bytes' },
};
