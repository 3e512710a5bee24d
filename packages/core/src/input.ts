import { DTYPES, type DType, type TypedArray } from './dtype';
import { DTypeError, ShapeError } from './errors';

type Nested = number | boolean | readonly Nested[];
/** What `zoo.tensor` takes. */
export type TensorInput = Nested | TypedArray | Float64Array;

/** Typed values, shape and dtype of what a user passed; checks everything, so that nothing half-filled reaches a device. */
export function toTypedArray(
  data: TensorInput,
  shape: readonly number[] | undefined,
  dtype: DType | undefined,
): { values: TypedArray; shape: readonly number[]; dtype: DType } {
  if (dtype !== undefined && !Object.hasOwn(DTYPES, dtype)) {
    throw new DTypeError(`tensor: unknown dtype "${String(dtype)}".`, {
      argument: 'dtype',
      expected: Object.keys(DTYPES),
      got: dtype,
    });
  }
  let own: number[];
  let values: TypedArray;
  let type: DType;
  if (ArrayBuffer.isView(data)) {
    const native = nativeDType(data);
    type = dtype ?? native ?? 'f32';
    own = [data.length];
    values = native && DTYPES[native].array === DTYPES[type].array ? (data as TypedArray) : convert(data, type);
  } else {
    own = measure(data);
    const flat = Array.isArray(data) ? (data.flat(Infinity) as (number | boolean)[]) : [data as number | boolean];
    type = dtype ?? (flat.length > 0 && flat.every((v) => typeof v === 'boolean') ? 'bool' : 'f32');
    const expected = own.reduce((a, b) => a * b, 1);
    if (flat.length !== expected || !flat.every((v) => typeof v === 'number' || typeof v === 'boolean')) {
      throw new ShapeError('tensor: nested arrays must be rectangular and hold numbers only.', { argument: 'data' });
    }
    values = convert(flat.map(Number), type);
  }
  const wanted = shape ?? own;
  if (!wanted.every((n) => Number.isSafeInteger(n) && n >= 0) || wanted.reduce((a, b) => a * b, 1) !== values.length) {
    throw new ShapeError(`tensor: shape [${wanted.join(', ')}] does not hold ${values.length} elements.`, {
      argument: 'shape',
      expected: values.length,
      got: wanted,
    });
  }
  return { values, shape: Object.freeze([...wanted]), dtype: type };
}

function nativeDType(data: ArrayBufferView): DType | undefined {
  if (data instanceof Float32Array) return 'f32';
  if (data instanceof Int32Array) return 'i32';
  if (data instanceof Uint32Array) return 'u32';
  if (data instanceof Uint8Array) return 'u8';
  if (data instanceof Float64Array) return undefined;
  throw new DTypeError(`tensor: ${data.constructor.name} is not taken.`, {
    argument: 'data',
    remedy: 'Pass a Float32Array, Int32Array, Uint32Array or Uint8Array.',
  });
}

/** Integers must be exact: a value that the dtype cannot hold is an error, never a wrapped number. */
function convert(from: ArrayLike<number>, dtype: DType): TypedArray {
  const out = new DTYPES[dtype].array(new ArrayBuffer(from.length * DTYPES[dtype].bytes));
  for (let i = 0; i < from.length; i++) {
    out[i] = dtype === 'bool' ? Number(from[i] !== 0) : from[i]!;
    if (dtype !== 'f32' && dtype !== 'bool' && out[i] !== from[i]) {
      throw new DTypeError(`tensor: ${from[i]} at index ${i} does not fit ${dtype}.`, {
        argument: 'data',
        expected: dtype,
        got: from[i],
      });
    }
  }
  return out;
}

function measure(data: Nested): number[] {
  const shape: number[] = [];
  for (let level: Nested | undefined = data; Array.isArray(level); level = level[0] as Nested | undefined)
    shape.push(level.length);
  return shape;
}
