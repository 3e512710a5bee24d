import { TENSOR } from './brand';
import type { Arg } from './device';
import { DTYPES, sizeOf, type DType, type TypedArray } from './dtype';
import { DisposedError, ShapeError, TraceError } from './errors';
import type { Zoo } from './zoo';
import * as ops from './ops/methods';

/** Memory that tensors share: views count references, the last one frees it. Users never see it. */
export class Storage {
  refs = 1;
  persistent = false;
  /** Repacked copies that kernels keep of weights; the device frees them with the storage. */
  packed: Map<string, unknown> | undefined;

  constructor(
    readonly zoo: Zoo,
    readonly handle: unknown,
    readonly bytes: number,
  ) {}

  release(): void {
    if (--this.refs === 0) this.zoo.freeStorage(this);
  }
}

let nextId = 1;

/**
 * An immutable n-dimensional array on one zoo's device, contiguous and row-major. Ops never change or consume their inputs.
 * Free it with `using`, `zoo.scope` or `dispose()`; a finalizer is the backstop.
 */
export class Tensor implements Arg {
  readonly id: number;
  declare readonly [TENSOR]: true;
  static {
    Object.defineProperty(this.prototype, TENSOR, { value: true });
  }

  readonly size: number;
  /** Null once disposed, and for the abstract tensors of a trace. */
  private held: { storage: Storage; released: boolean } | null;

  /** @internal Tensors come from ops and from the zoo's factories. */
  constructor(
    readonly zoo: Zoo,
    readonly shape: readonly number[],
    readonly dtype: DType,
    storage: Storage | null,
    id?: number,
  ) {
    this.size = sizeOf(shape);
    this.id = id ?? nextId++;
    this.held = storage && { storage, released: false };
    if (storage) zoo.track(this);
  }

  get isDisposed(): boolean {
    return this.held?.released === true;
  }

  /** True while tracing: a tensor without data. */
  get isAbstract(): boolean {
    return this.held === null;
  }

  /** @internal */
  get storage(): Storage {
    const held = this.held;
    if (held === null) throw new TraceError('A traced tensor has no data: nothing may read it while tracing.');
    if (held.released) {
      const details = { remedy: 'Return it from zoo.scope, or dispose it later.' };
      throw new DisposedError(`A tensor [${this.shape.join(', ')}] was used after it was disposed.`, details);
    }
    return held.storage;
  }

  /** @internal The device's handle. */
  get buffer(): unknown {
    return this.storage.handle;
  }

  /** True for weights, whose repacked copies kernels may keep. */
  get persistent(): boolean {
    return this.held?.storage.persistent ?? false;
  }

  /** @internal */
  get packed(): Map<string, unknown> | undefined {
    const { storage } = this;
    return storage.persistent ? (storage.packed ??= new Map()) : undefined;
  }

  /** Marks the memory as a weight that is used many times: kernels then repack it once and keep the copy until it is freed. */
  persist(): this {
    this.storage.persistent = true;
    return this;
  }

  /** @internal Another handle on the same memory, with the same identity, that no scope frees: for tapes, which outlive scopes. */
  alias(): Tensor {
    const alias = this.view(this.shape, this.id);
    this.zoo.exempt(alias);
    return alias;
  }

  /** @internal Another shape over the same memory. */
  view(shape: readonly number[], id?: number): Tensor {
    const { storage } = this;
    storage.refs++;
    return new Tensor(this.zoo, shape, this.dtype, storage, id);
  }

  /** @internal What a finalizer may hold on to. */
  get finalizable(): { storage: Storage; released: boolean } | null {
    return this.held;
  }

  /** A copy of the elements, row-major. Float32Array, Int32Array, Uint32Array or Uint8Array by dtype. */
  async data(): Promise<TypedArray> {
    this.zoo.refuseReadWhileTracing('data()');
    return this.size === 0 ? this.empty() : this.zoo.device.read(this.storage.handle, this.dtype, this.size);
  }

  /** As `data()`, at once; throws `AsyncReadError` on devices that cannot. */
  dataSync(): TypedArray {
    this.zoo.refuseReadWhileTracing('dataSync()');
    return this.size === 0 ? this.empty() : this.zoo.device.readSync(this.storage.handle, this.dtype, this.size);
  }

  /** Nested arrays of numbers; a plain number for rank 0. */
  async array(): Promise<NestedArray> {
    return nest(await this.data(), this.shape);
  }

  /** The only element of a tensor of size 1. */
  async item(): Promise<number> {
    const values = await this.data();
    if (values.length !== 1) throw new ShapeError(`item() needs a tensor of one element, not ${values.length}.`);
    return values[0]!;
  }

  /** Frees the memory once no other view uses it. Calling it twice does no harm. */
  dispose(): void {
    const { held } = this;
    if (held === null || held.released) return;
    held.released = true;
    this.zoo.untrack(this);
    held.storage.release();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  toString(): string {
    return `Tensor(${this.dtype}[${this.shape.join(', ')}])`;
  }

  private empty(): TypedArray {
    void this.storage;
    return new DTYPES[this.dtype].array(new ArrayBuffer(0));
  }
}

export type NestedArray = number | NestedArray[];

function nest(values: TypedArray, shape: readonly number[]): NestedArray {
  let offset = 0;
  const level = (axis: number): NestedArray => {
    if (axis === shape.length) return values[offset++]!;
    return Array.from({ length: shape[axis]! }, () => level(axis + 1));
  };
  return level(0);
}

// Every primitive is also a method: the type is merged in here, the functions are put on the prototype by the class's own module.
export interface Tensor extends ops.TensorMethods {}
ops.install(Tensor.prototype);
