import { resolveAttrs } from './attr';
import { ONE_CORE } from './brand';
import type { Device, DeviceFactory } from './device';
import { bytesOf, DTYPES, type DType, type Spec, type TypedArray } from './dtype';
import { DeviceError, DisposedError, PluginError, ShapeError, TraceError, ZooError } from './errors';
import type { CompiledGraph, Executor, GraphFn, GraphSource } from './executor';
import { checkedDType, checkedShape, toTypedArray, type TensorInput } from './input';
import type { Kernel } from './kernel';
import { findModel, listModels, type LoadOptions, type Model, type ModelCard } from './model';
import type { Op } from './op';
import { CORE, type Plugin } from './plugin';
import { KernelTable } from './registry';
import { Scopes, tensorsIn } from './scope';
import { type Tape, valueAndGrad } from './tape';
import { Storage, Tensor } from './tensor';
import { Tracer, type Graph } from './trace';

export interface LogEvent {
  readonly kind: 'composed' | 'leak';
  readonly message: string;
}

export interface ZooOptions {
  /** Where tensors live: `wasm()`, `cpu()`. One zoo has one device; another device is another zoo. */
  readonly device: DeviceFactory;
  readonly plugins?: readonly Plugin[];
  /** Turn "runs composed" into an error, for products that need the fast path. Default false. */
  readonly strict?: boolean;
  /** Default: `console.info` for ops that run composed although kernels exist. */
  readonly log?: (event: LogEvent) => void;
}

/** Exact figures of a zoo's memory. */
export interface Memory {
  /** Live tensor handles; views count. */
  readonly tensors: number;
  /** Buffers behind them; views share. */
  readonly buffers: number;
  readonly bytes: number;
  readonly peakBytes: number;
  /** Repacked copies of weights that kernels keep, not in `bytes`. */
  readonly packedBytes: number;
  /** What the device holds of the system's memory in all. */
  readonly reservedBytes: number;
}

/** Which kernel would run, and why each other would not. */
export interface Explanation {
  readonly op: string;
  readonly chosen: string;
  readonly rejected: readonly { readonly kernel: string; readonly because: string }[];
}

/** One live device plus the plugins it was given. It owns memory and the table op → kernels; tensors know their zoo. */
export class Zoo {
  /** @internal */ tracer: Tracer | undefined;
  /** @internal */ tape: Tape | undefined;
  readonly strict: boolean;
  private readonly scopes = new Scopes(() => void this.counts.tensors--);
  private readonly table: KernelTable;
  private readonly loaded = new Map<string, { plugin: Plugin; ready: Promise<void> }>();
  private readonly composed = new Set<string>();
  private readonly counts = { tensors: 0, buffers: 0, bytes: 0, peakBytes: 0 };
  private readonly log: (event: LogEvent) => void;
  private disposed = false;

  /** @internal Use `createZoo`. */
  constructor(
    readonly device: Device,
    options: ZooOptions,
  ) {
    this.strict = options.strict ?? false;
    // eslint-disable-next-line no-console
    this.log = options.log ?? ((event) => console.info(`paperzoo: ${event.message}`));
    this.table = new KernelTable(device.caps);
  }

  get plugins(): readonly Plugin[] {
    return [...this.loaded.values()].map(({ plugin }) => plugin);
  }

  /** Loads a plugin's kernels for this device. Idempotent; if it fails, nothing of the plugin stays. */
  async use(plugin: Plugin): Promise<void> {
    this.refuseDisposed();
    const name = plugin?.name ?? 'This plugin';
    if (plugin?.core !== CORE) {
      const details = { argument: name, remedy: ONE_CORE };
      throw new PluginError(`${name} was made by another copy of @paperzoo/core than this zoo's.`, details);
    }
    const known = this.loaded.get(name);
    if (known && known.plugin !== plugin) {
      const details = { argument: name, remedy: `npm ls ${name} shows them.` };
      throw new PluginError(`${name} is loaded already, as another object: two copies are installed.`, details);
    }
    if (known) return known.ready;
    const ready = this.loadKernels(plugin).catch((cause: unknown) => {
      this.loaded.delete(name);
      if (cause instanceof ZooError) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new PluginError(`${name} could not be loaded: ${reason}`, { argument: name, cause });
    });
    this.loaded.set(name, { plugin, ready });
    return ready;
  }

  private async loadKernels({ name, kernels }: Plugin): Promise<void> {
    const listed = (await kernels?.[this.device.name]?.())?.default ?? [];
    await this.register(listed as unknown as readonly Kernel[], name);
  }

  /** @internal */
  async register(kernels: readonly Kernel[], owner: string): Promise<void> {
    this.table.check(kernels, owner);
    await this.device.load(kernels);
    this.table.check(kernels, owner);
    this.table.add(kernels);
  }

  /** Cards of this zoo's plugins. */
  listModels(glob?: string, options?: { pretrained?: boolean }): ModelCard[] {
    return listModels(this.plugins, glob, options);
  }

  /** Loads a model by name, name without tag, or `hf:org/repo`; options go to the model. */
  async load<M extends Model = Model>(name: string, options: LoadOptions = {}): Promise<M> {
    this.refuseDisposed();
    const card = findModel(this.plugins, name);
    const weights = options.weights ?? (name.startsWith('hf:') ? name : undefined);
    return (await card.load(this, card, { ...options, ...(weights === undefined ? {} : { weights }) })) as M;
  }

  /**
   * A tensor from a number, nested arrays or a typed array. `shape` defaults to the data's own, `dtype` to f32 for numbers and to the
   * array's type otherwise. Throws `ShapeError` when the element count does not fit.
   */
  tensor(data: TensorInput, { shape, dtype }: { shape?: readonly number[]; dtype?: DType } = {}): Tensor {
    const input = toTypedArray(data, shape, dtype);
    return this.upload(input.values, { shape: input.shape, dtype: input.dtype });
  }

  full(shape: readonly number[], value: number, dtype: DType = 'f32'): Tensor {
    const spec = { shape: checkedShape('full', shape), dtype };
    const element = toTypedArray(value, [], dtype).values[0]!;
    const values = new DTYPES[dtype].array(new ArrayBuffer(this.checkedBytes('full', spec)));
    return this.upload(values.fill(element), spec);
  }

  zeros(shape: readonly number[], dtype: DType = 'f32'): Tensor {
    return this.full(shape, 0, dtype);
  }

  ones(shape: readonly number[], dtype: DType = 'f32'): Tensor {
    return this.full(shape, 1, dtype);
  }

  /** start, start + step, … below `end`. */
  arange(end: number, { start = 0, step = 1, dtype = 'f32' as DType } = {}): Tensor {
    const finite = [end, start, step].every(Number.isFinite) && step !== 0;
    if (!finite) throw new ShapeError('arange: end, start and step must be finite, and step not 0.', { op: 'arange' });
    const size = Math.max(0, Math.ceil((end - start) / step));
    checkedDType('arange', dtype);
    this.checkedBytes('arange', { shape: [size], dtype });
    const values = Array.from({ length: size }, (_, i) => start + i * step);
    return this.tensor(values, { shape: [size], dtype });
  }

  /** Copies a tensor of another zoo into this one. */
  async copy(tensor: Tensor): Promise<Tensor> {
    return this.upload(await tensor.data(), tensor);
  }

  /** @internal */
  upload(values: TypedArray, spec: Spec): Tensor {
    this.refuseDisposed();
    const tensor = this.make(spec);
    if (values.length > 0) this.device.write(tensor.buffer, values);
    return tensor;
  }

  /** @internal Uninitialised outputs; all or none. */
  allocate(op: Op, specs: readonly Spec[]): Tensor[] {
    const outs: Tensor[] = [];
    try {
      for (const spec of specs) outs.push(this.make(spec, op.name));
    } catch (error) {
      for (const out of outs) out.dispose();
      throw error;
    }
    return outs;
  }

  /** Asked before anything is allocated, on the device or off it. */
  private checkedBytes(op: string, spec: Spec): number {
    const bytes = bytesOf(spec);
    const { maxBufferBytes: most, info } = this.device.caps;
    if (bytes <= most) return bytes;
    const wish = `${op}: [${spec.shape.join(', ')}] ${spec.dtype} needs ${bytes} bytes`;
    const details = { op, argument: 'shape', expected: most, got: bytes, remedy: 'Use smaller tensors.' };
    const limit = `one buffer on ${info.adapter ?? this.device.name} holds at most ${most}`;
    throw new DeviceError(`${wish}; ${limit}.`, details);
  }

  private make(spec: Spec, op = 'tensor'): Tensor {
    const bytes = this.checkedBytes(op, spec);
    const storage = new Storage(this, this.device.alloc(bytes, spec.dtype), bytes);
    const { counts } = this;
    counts.buffers++;
    counts.bytes += bytes;
    if (counts.bytes > counts.peakBytes) counts.peakBytes = counts.bytes;
    return new Tensor(this, spec.shape, spec.dtype, storage);
  }

  /** Runs a synchronous function and frees every tensor made inside that is not part of its result (nested arrays, objects, maps). */
  scope<T>(fn: () => T): T {
    return this.tracer ? fn() : this.scopes.run(fn); // A trace keeps what it captures.
  }

  memory(): Memory {
    return { packedBytes: 0, reservedBytes: this.counts.bytes, ...this.device.memory?.(), ...this.counts };
  }

  /** Starts a new peak measurement. */
  resetPeak(): void {
    this.counts.peakBytes = this.counts.bytes;
  }

  /** @internal */
  track(tensor: Tensor): void {
    this.counts.tensors++;
    this.scopes.add(tensor);
  }

  /** @internal */
  untrack(tensor: Tensor): void {
    this.counts.tensors--;
    this.scopes.remove(tensor);
  }

  /** Takes a tensor out of the current scope: it lives until `dispose()`, or until nobody holds it any more. For owners such as modules. */
  keep(tensor: Tensor): Tensor {
    this.scopes.keep(tensor);
    return tensor;
  }

  /** @internal As `keep`, for owners that are certain to dispose. */
  exempt(tensor: Tensor): void {
    this.scopes.remove(tensor);
  }

  /** @internal */
  freeStorage(storage: Storage): void {
    this.counts.buffers--;
    this.counts.bytes -= storage.bytes;
    if (this.disposed) return;
    if (storage.packed) this.device.freePacked?.(storage.packed);
    this.device.free(storage.handle, storage.bytes);
  }

  /** @internal */
  select(op: Op, ins: readonly (Spec | undefined)[], attrs: object): Kernel | undefined {
    return this.table.select(op, ins, attrs, this.tape !== undefined);
  }

  /** @internal */
  reasons(op: Op, ins: readonly (Spec | undefined)[], attrs: object): string[] {
    return this.table.survey(op, ins, attrs, this.tape !== undefined).map((row) => `${row.kernel}: ${row.objection}`);
  }

  /** @internal */
  noteComposed(op: Op, reasons: readonly string[]): void {
    if (reasons.length === 0 || this.composed.has(op.name)) return;
    this.composed.add(op.name);
    this.log({ kind: 'composed', message: `${op.name} runs composed: ${reasons.join('; ')}` });
  }

  /** Which kernel a call would run and why each other would not; computes nothing. */
  explain(op: Op, ins: readonly (Spec | null | undefined)[], attrs: object = {}): Explanation {
    const specs = ins.map((x) => x ?? undefined);
    const rows = this.table.survey(op, specs, resolveAttrs(op.name, op.attrs, attrs), this.tape !== undefined);
    const otherwise = op.implementation.composite ? 'composite' : 'none';
    const chosen = rows.find((row) => row.objection === undefined)?.kernel ?? otherwise;
    const rejected = rows
      .filter((row) => row.kernel !== chosen)
      .map((row) => ({ kernel: row.kernel, because: row.objection ?? 'a kernel of higher priority fits' }));
    return { op: op.name, chosen, rejected };
  }

  /** Forces a kernel id or `composite` per op name, for tests, benchmarks and bug reports. `pin(null)` forgets all pins. */
  pin(pins: Readonly<Record<string, string>> | null): void {
    this.table.pin(pins);
  }

  /** Records what `fn` does to tensors of these specs; nothing is computed. Tensors captured from outside become constants. */
  trace(fn: (...inputs: Tensor[]) => Tensor | readonly Tensor[], specs: readonly Spec[]): Graph {
    if (this.tracer) throw new TraceError('A trace is running already.');
    const tracer = (this.tracer = new Tracer(this));
    try {
      const inputs = specs.map(({ shape, dtype }) =>
        tracer.abstract({ dtype: checkedDType('trace', dtype), shape: checkedShape('trace', shape) }),
      );
      const made: unknown = fn(...inputs);
      if (made instanceof Promise) made.catch(() => undefined); // What it was refused is told below, and nobody waits for it.
      const outputs = [...tensorsIn(made)];
      if (outputs.length === 0) throw new TraceError('trace: the function must return tensors, and not in a promise.');
      return {
        values: tracer.values,
        inputs: inputs.map((t) => tracer.number(t)),
        outputs: outputs.map((t) => tracer.number(t)),
        constants: tracer.constants,
        nodes: tracer.nodes,
      };
    } finally {
      this.tracer = undefined;
    }
  }

  /** A model's `forward` graph, or a function of tensors, on an executor such as onnxruntime. Called as the original is, it resolves. */
  compile<F extends GraphFn, O extends object>(
    source: GraphSource<F> | { graphs(): { readonly forward: GraphSource<F> } },
    options: O & { readonly executor: Executor<O> },
  ): Promise<CompiledGraph<F>> {
    this.refuseDisposed();
    return options.executor.compile(this, 'graphs' in source ? source.graphs().forward : source, options);
  }

  /** Value of a scalar function and its gradients by name. Nests for second derivatives. */
  valueAndGrad<P extends Readonly<Record<string, Tensor>>>(
    fn: (params: P) => Tensor,
    params: P,
  ): { value: Tensor; grads: { [K in keyof P]: Tensor } } {
    return valueAndGrad(this, fn, params);
  }

  /** Makes a call once all that it runs is compiled, which does not block: later calls with its shapes compile nothing. */
  async prepare<T>(fn: () => T | Promise<T>): Promise<T> {
    this.refuseReadWhileTracing('prepare()');
    return this.device.prepare ? this.device.prepare(fn) : fn();
  }

  /** Runs `fn` without recording. */
  noGrad<T>(fn: () => T): T {
    const { tape } = this;
    this.tape = undefined;
    try {
      return fn();
    } finally {
      this.tape = tape;
    }
  }

  /** @internal */
  refuseReadWhileTracing(what: string): void {
    const where = this.tracer && (this.tracer.path.join('.') || 'the function');
    if (where) throw new TraceError(`${what} while tracing ${where}: no graph can depend on data.`, { where });
    this.refuseDisposed();
  }

  /** @internal */
  refuseDisposed(): void {
    if (this.disposed) throw new DisposedError('This zoo was disposed.');
  }

  /** Frees the device with everything on it. */
  async dispose(): Promise<void> {
    if (this.disposed) return;
    this.disposed = true;
    await this.device.dispose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }
}

/** Makes a zoo: starts the device, loads its kernels and the plugins'. */
export async function createZoo(options: ZooOptions): Promise<Zoo> {
  if (typeof options?.device !== 'function') {
    const details = { argument: 'device' };
    throw new DeviceError('createZoo: `device` must be a device factory such as wasm() or cpu().', details);
  }
  const zoo = new Zoo(await options.device(), options);
  try {
    await zoo.register(zoo.device.kernels, zoo.device.name);
    for (const plugin of options.plugins ?? []) await zoo.use(plugin);
  } catch (error) {
    await zoo.dispose();
    throw error;
  }
  return zoo;
}
