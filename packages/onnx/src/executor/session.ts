import { DeviceError, DisposedError, type GraphValue, type Zoo } from '@paperzoo/core';
import type { InferenceSession, Tensor } from 'onnxruntime-web';
import { UnsupportedError } from '../unsupported-error';
import { checkInputs, type SessionPort } from './check-inputs';
import { dtypeOf, fromRuntime, toRuntime } from './element';
import { HeldValue } from './held-value';
import type { ModelBytes } from './model-bytes';
import type { Runtime } from './runtime';

/** Buffers of one size that are kept for outputs to come: a state is two of them in turn. */
const SPARE = 2;

/** One model on onnxruntime, for zoo tensors and values that stay there. */
export class OrtSession {
  readonly inputs: readonly SessionPort[];
  readonly outputs: readonly SessionPort[];
  private readonly spare = new Map<string, Tensor[]>();
  // A session runs one call at a time; calls that come meanwhile wait.
  private last: Promise<unknown> = Promise.resolve();
  private session: InferenceSession | null;

  private constructor(
    private readonly runtime: Runtime,
    session: InferenceSession,
  ) {
    this.session = session;
    this.inputs = portsOf(session.inputMetadata);
    this.outputs = portsOf(session.outputMetadata);
  }

  /** @throws DeviceError with the runtime's own words when it does not take the model */
  static async create(
    runtime: Runtime,
    { bytes, externalData = [] }: ModelBytes,
    held: readonly string[],
  ): Promise<OrtSession> {
    const gpu = runtime.backend === 'webgpu' && held.length > 0;
    try {
      const session = await runtime.library.InferenceSession.create(bytes, {
        ...runtime.session,
        externalData: externalData.map(({ name, bytes: data }) => ({ path: name, data })),
        ...(gpu && { preferredOutputLocation: Object.fromEntries(held.map((name) => [name, 'gpu-buffer' as const])) }),
      });
      return new OrtSession(runtime, session);
    } catch (cause) {
      if (cause instanceof UnsupportedError) throw cause;
      throw new DeviceError(`onnxruntime does not take the model: ${messageOf(cause)}`, { argument: 'model', cause });
    }
  }

  /** Runs once. Outputs named in `held` come as values that stay here, the others as tensors of the zoo. */
  run(zoo: Zoo, values: readonly GraphValue[], held: ReadonlySet<string>): Promise<GraphValue[]> {
    const next = this.last.then(() => this.runOnce(zoo, values, held));
    this.last = next.catch(() => undefined);
    return next;
  }

  private async runOnce(zoo: Zoo, values: readonly GraphValue[], held: ReadonlySet<string>): Promise<GraphValue[]> {
    const sizes = checkInputs(this.inputs, values);
    const feeds: Record<string, Tensor> = {};
    for (const [at, port] of this.inputs.entries()) feeds[port.name] = await this.feed(port, values[at]!);
    const session = this.opened();
    let results: InferenceSession.ReturnType;
    try {
      results = await session.run(feeds, this.fetches(held, sizes));
    } catch (cause) {
      throw new DeviceError(`onnxruntime could not run the graph: ${messageOf(cause)}`, { cause });
    }
    const outs: GraphValue[] = [];
    try {
      for (const { name, dtype } of this.outputs) {
        const tensor = results[name]! as Tensor;
        if (held.has(name)) outs.push(new HeldValue(tensor, dtype, name, (done) => this.recycle(name, done)));
        else {
          outs.push(zoo.tensor(fromRuntime(await tensor.getData(true), name), { shape: tensor.dims, dtype }));
        }
      }
    } catch (error) {
      for (const out of outs) out.dispose();
      throw error;
    }
    return outs;
  }

  async release(): Promise<void> {
    const { session } = this;
    this.session = null;
    this.spare.clear();
    await this.last;
    await session?.release();
  }

  private opened(): InferenceSession {
    if (this.session) return this.session;
    throw new DisposedError('A compiled graph was used after it was disposed.');
  }

  private async feed({ type }: SessionPort, value: GraphValue): Promise<Tensor> {
    if (value instanceof HeldValue) return value.tensor;
    const data = await value.data();
    const { library } = this.runtime;
    return new library.Tensor(type as Tensor.Type, toRuntime(data, type) as Tensor.DataType, value.shape);
  }

  /** Memory of disposed outputs to compute into, where the runtime fills it and it has the size that comes out. */
  private fetches(held: ReadonlySet<string>, sizes: ReadonlyMap<string, number>): InferenceSession.FetchesType {
    const fetches: Record<string, Tensor | null> = {};
    for (const { name, dims } of this.outputs) {
      const spare = held.has(name) ? this.spare.get(name)?.pop() : undefined;
      const fits = dims?.every((dim, axis) => (typeof dim === 'string' ? sizes.get(dim) : dim) === spare?.dims[axis]);
      fetches[name] = (fits && spare) || null;
    }
    return fetches;
  }

  /** Whether inputs of the same sizes make this output as large again; one that grows, such as P + 1, is never needed twice. */
  private comesAgain(name: string): boolean {
    const symbols = new Set(this.inputs.flatMap(({ dims }) => dims ?? []));
    const dims = this.outputs.find((port) => port.name === name)?.dims;
    return dims?.every((dim) => typeof dim === 'number' || symbols.has(dim)) ?? false;
  }

  private recycle(name: string, tensor: Tensor): void {
    if (!this.runtime.fillsOutputs || !this.session || !this.comesAgain(name)) return tensor.dispose();
    const spare = this.spare.get(name) ?? [];
    if (spare.length < SPARE) this.spare.set(name, [...spare, tensor]);
  }
}

function portsOf(metadata: readonly InferenceSession.ValueMetadata[]): SessionPort[] {
  const ports: SessionPort[] = [];
  const refused: string[] = [];
  for (const each of metadata) {
    const type = each.isTensor ? each.type : 'no tensor';
    const dtype = dtypeOf(type);
    if (each.isTensor && dtype) {
      const dims = each.shape.map((dim) => (dim === '' ? null : dim));
      ports.push({ name: each.name, type, dtype, dims });
    } else refused.push(`"${each.name}" (${type})`);
  }
  if (refused.length === 0) return ports;
  throw new UnsupportedError(`The model has inputs or outputs that no tensor here can hold: ${refused.join(', ')}.`, {
    argument: 'model',
    got: refused,
  });
}

/** onnxruntime's messages begin with code numbers and source positions. */
const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0]!.slice(0, 500);
