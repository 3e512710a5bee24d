import { DTYPES, sizeOf, type DType, type TypedArray } from './dtype';
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
  if (dtype !== undefined) checkedDType('tensor', dtype);
  let own: number[];
  let values: TypedArray;
  let type: DType;
  if (ArrayBuffer.isView(data)) {
    const native = nativeDType(data);
    type = dtype ?? native ?? 'f32';
    own = [data.length];
    values = native === type ? (data as TypedArray) : convert(data, type);
  } else {
    own = measure(data);
    const flat: unknown[] = [];
    const rectangular = collect(data, own, 0, flat);
    type = dtype ?? (flat.length > 0 && flat.every((v) => typeof v === 'boolean') ? 'bool' : 'f32');
    if (!rectangular || !flat.every((v) => typeof v === 'number' || typeof v === 'boolean')) {
      throw new ShapeError('tensor: nested arrays must be rectangular and hold numbers only.', { argument: 'data' });
    }
    values = convert(flat.map(Number), type);
  }
  const wanted = checkedShape('tensor', shape ?? own);
  if (sizeOf(wanted) !== values.length) {
    const details = { argument: 'shape', expected: values.length, got: wanted };
    throw new ShapeError(`tensor: shape [${wanted.join(', ')}] does not hold ${values.length} elements.`, details);
  }
  return { values, shape: wanted, dtype: type };
}

/** A frozen copy, so that nobody can change a tensor's shape afterwards. */
export function checkedShape(op: string, shape: readonly number[]): readonly number[] {
  const copy = Array.isArray(shape) ? Object.freeze([...shape]) : [NaN];
  if (copy.every((n) => Number.isSafeInteger(n) && n >= 0)) return copy;
  const details = { op, argument: 'shape', got: shape };
  throw new ShapeError(`${op}: sizes must be non-negative integers, got [${String(shape)}].`, details);
}

export function checkedDType(op: string, dtype: DType): DType {
  if (typeof dtype === 'string' && Object.hasOwn(DTYPES, dtype)) return dtype;
  const details = { op, argument: 'dtype', expected: Object.keys(DTYPES), got: dtype };
  throw new DTypeError(`${op}: unknown dtype "${String(dtype)}".`, details);
}

function nativeDType(data: ArrayBufferView): DType | undefined {
  const found = (Object.keys(DTYPES) as DType[]).find((dtype) => data instanceof DTYPES[dtype].array);
  if (found || data instanceof Float64Array) return found;
  const details = { argument: 'data', remedy: 'Pass a Float32Array, Int32Array, Uint32Array or Uint8Array.' };
  throw new DTypeError(`tensor: ${data.constructor.name} is not taken.`, details);
}

/** Integers must be exact: a value that the dtype cannot hold is an error, never a wrapped number. */
function convert(from: ArrayLike<number>, dtype: DType): TypedArray {
  const out = new DTYPES[dtype].array(new ArrayBuffer(from.length * DTYPES[dtype].bytes));
  for (let i = 0; i < from.length; i++) {
    out[i] = dtype === 'bool' ? Number(from[i] !== 0) : from[i]!;
    if (dtype !== 'f32' && dtype !== 'bool' && out[i] !== from[i]) {
      const details = { argument: 'data', expected: dtype, got: from[i] };
      throw new DTypeError(`tensor: ${from[i]} at index ${i} does not fit ${dtype}.`, details);
    }
  }
  return out;
}

/** Flattens into `out`; false unless every level has the size that `shape` says. */
function collect(data: unknown, shape: readonly number[], axis: number, out: unknown[]): boolean {
  if (axis === shape.length) return !Array.isArray(data) && out.push(data) > 0;
  return (
    Array.isArray(data) && data.length === shape[axis] && data.every((item) => collect(item, shape, axis + 1, out))
  );
}

const MAX_RANK = 64;

function measure(data: Nested): number[] {
  const shape: number[] = [];
  for (let level: Nested | undefined = data; Array.isArray(level); level = level[0] as Nested | undefined) {
    // An array that holds itself would never end.
    if (shape.push(level.length) > MAX_RANK)
      throw new ShapeError(`tensor: data is nested deeper than ${MAX_RANK}.`, { argument: 'data' });
  }
  return shape;
}
