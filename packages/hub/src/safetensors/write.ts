import { DTypeError, FormatError, ShapeError } from '@paperzoo/core';
import { quote } from '../json/reader';
import { isSafetensorsDType, SAFETENSORS_DTYPES, tensorBytes, type SafetensorsDType } from './dtypes';
import { MAX_HEADER_BYTES } from './header';

/** A tensor to write: a `CheckpointTensor`, or a typed array with its shape. */
export type WritableTensor =
  | { readonly shape: readonly number[]; readonly dtype: SafetensorsDType; readonly bytes: Uint8Array }
  | {
      readonly shape: readonly number[];
      readonly data: ArrayBufferView;
      /** Default: the typed array's own; give it for BOOL, F16, BF16 and others whose bits are kept in integers. */
      readonly dtype?: SafetensorsDType;
    };

const OWN_DTYPE: Readonly<Record<string, SafetensorsDType>> = {
  Float64Array: 'F64',
  Float32Array: 'F32',
  Float16Array: 'F16',
  BigInt64Array: 'I64',
  BigUint64Array: 'U64',
  Int32Array: 'I32',
  Uint32Array: 'U32',
  Int16Array: 'I16',
  Uint16Array: 'U16',
  Int8Array: 'I8',
  Uint8Array: 'U8',
  Uint8ClampedArray: 'U8',
  Buffer: 'U8',
};

/**
 * Makes the bytes of a safetensors file. Equal input gives equal bytes: tensors are sorted as the reference
 * implementation sorts them (widest elements first, then by name), metadata by key; the data begins at a multiple of 8.
 * @throws ShapeError when a shape does not fit its data; DTypeError for an unknown dtype
 */
export function writeSafetensors(
  tensors: Iterable<readonly [string, WritableTensor]>,
  metadata: Iterable<readonly [string, string]> = [],
): Uint8Array {
  const items = Array.from(tensors, ([name, tensor]) => ({ name, ...measure(name, tensor) }));
  items.sort((a, b) => rank(b.dtype) - rank(a.dtype) || (a.name < b.name ? -1 : 1));
  const fields: string[] = [];
  const meta = [...metadata].sort(([a], [b]) => (a < b ? -1 : 1));
  if (meta.length) {
    const pairs = meta.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
    fields.push(`"__metadata__":{${pairs.join(',')}}`);
  }
  const seen = new Set<string>(['__metadata__']);
  let offset = 0;
  for (const { name, dtype, shape, bytes } of items) {
    if (seen.has(name))
      throw new FormatError(`A tensor named ${quote(name)} cannot be written, the name is taken.`, { argument: name });
    seen.add(name);
    const end = offset + bytes.length;
    fields.push(
      `${JSON.stringify(name)}:{"dtype":"${dtype}","shape":[${shape.join(',')}],"data_offsets":[${offset},${end}]}`,
    );
    offset = end;
  }
  const header = new TextEncoder().encode(`{${fields.join(',')}}`);
  const padded = Math.ceil(header.length / 8) * 8;
  if (padded > MAX_HEADER_BYTES) {
    throw new FormatError(`The header would have ${padded} bytes, the format allows ${MAX_HEADER_BYTES}.`, {
      got: padded,
    });
  }
  const out = new Uint8Array(8 + padded + offset);
  new DataView(out.buffer).setUint32(0, padded, true);
  out.fill(0x20, 8, 8 + padded);
  out.set(header, 8);
  let at = 8 + padded;
  for (const { bytes } of items) {
    out.set(bytes, at);
    at += bytes.length;
  }
  return out;
}

const rank = (dtype: SafetensorsDType) => SAFETENSORS_DTYPES.indexOf(dtype);

function measure(name: string, tensor: WritableTensor) {
  const view = 'bytes' in tensor ? tensor.bytes : tensor.data;
  const dtype = tensor.dtype ?? OWN_DTYPE[view.constructor.name];
  if (dtype === undefined || !isSafetensorsDType(dtype)) {
    const got = dtype ?? view.constructor.name;
    throw new DTypeError(`Tensor ${quote(name)} has dtype ${got}, which the format does not know.`, {
      argument: name,
      expected: SAFETENSORS_DTYPES,
      got,
    });
  }
  const { shape } = tensor;
  const proper = shape.every((n) => Number.isSafeInteger(n) && n >= 0);
  const needed = proper ? tensorBytes(dtype, shape) : 'its axes are not all non-negative integers';
  if (needed !== view.byteLength) {
    const why = typeof needed === 'string' ? needed : `it needs ${needed} bytes and the data has ${view.byteLength}`;
    throw new ShapeError(`Tensor ${quote(name)} of ${dtype} with shape [${shape}] cannot be written: ${why}.`, {
      argument: name,
      expected: needed,
      got: view.byteLength,
    });
  }
  return { dtype, shape, bytes: new Uint8Array(view.buffer, view.byteOffset, view.byteLength) };
}
