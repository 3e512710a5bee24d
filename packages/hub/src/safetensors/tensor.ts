import { DTypeError, FormatError } from '@paperzoo/core';
import { quote } from '../json/reader';
import type { SafetensorsDType } from './dtypes';
import { plainView, widenToF32 } from './widen';

/** One tensor of a checkpoint: a view on the file's bytes that is converted when asked, row-major as in the file. */
export class CheckpointTensor {
  constructor(
    readonly name: string,
    /** Element type in the file. */
    readonly dtype: SafetensorsDType,
    readonly shape: readonly number[],
    /** The file's bytes, little-endian; not a copy, so do not write to them. */
    readonly bytes: Uint8Array,
    /** File, URL or label that error messages name. */
    readonly file: string,
  ) {}

  /** Number of elements; 1 for rank 0. */
  get size(): number {
    return this.shape.reduce((a, b) => a * b, 1);
  }

  /**
   * Every element as float32: F16, BF16 and F8 exactly, F64 and integers rounded, BOOL as 0 and 1. F32 is a view on the
   * file's bytes when they are aligned, everything else a new array per call, or, for F16 and BF16, the start of `into` when
   * that is long enough: whoever converts many tensors one after the other may lend the same memory again.
   * @throws DTypeError for F4, F6 and C64, which are handed out as `bytes` only
   */
  toF32(into?: Float32Array): Float32Array {
    return widenToF32(this.dtype, this.bytes, into) ?? this.#unsupported('float32');
  }

  /**
   * Integers and BOOL as int32.
   * @throws FormatError when a value does not fit into int32
   * @throws DTypeError for floating-point dtypes
   */
  toI32(): Int32Array {
    const values = /^(?:[IU]|BOOL)/.test(this.dtype) ? plainView(this.dtype, this.bytes) : undefined;
    if (!values) return this.#unsupported('int32');
    const out = new Int32Array(values.length);
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      out[i] = this.dtype === 'BOOL' ? Number(value !== 0) : Number(value);
      if (this.dtype !== 'BOOL' && out[i] !== Number(value)) {
        throw new FormatError(
          `${this.file}: tensor ${quote(this.name)} holds ${value} at ${i}, which int32 cannot hold.`,
          {
            file: this.file,
            where: `tensor ${quote(this.name)}, element ${i}`,
            argument: this.name,
            expected: 'int32',
            got: String(value),
          },
        );
      }
    }
    return out;
  }

  #unsupported(target: string): never {
    throw new DTypeError(
      `${this.file}: tensor ${quote(this.name)} is ${this.dtype}, which is not converted to ${target}.`,
      {
        argument: this.name,
        expected: target,
        got: this.dtype,
        remedy: 'Read its bytes instead.',
      },
    );
  }
}
