// Commands are collected and handed over in batches: a submission costs far more than a dispatch.
import { DeviceError, DeviceLostError, type ZooError } from '@paperzoo/core';
import { Batch } from './batch';
import { USAGE } from './constants';
import type { Block, Handle } from './pool';
import type { Pipeline, Pipelines } from './pipelines';
import type { Timer } from './timer';

/** Parameters of one dispatch; a multiple of every adapter's alignment of dynamic offsets. */
export const SLOT = 256;
/** Dispatches per submission. */
export const MOST = 64;
const MOST_GROUPS = 65535;

export interface Call {
  readonly ins: readonly Handle[];
  readonly outs: readonly Handle[];
  readonly params: readonly number[];
  /** Elements, groups, or workgroups in three dimensions, as the program's kind is. */
  readonly size: number | readonly [number, number, number];
}

export class Recorder {
  dispatches = 0;
  readonly ring: { readonly buffer: GPUBuffer; readonly slot: number };
  private readonly slots = new ArrayBuffer(SLOT * MOST);
  private readonly u32 = new Uint32Array(this.slots);
  private readonly i32 = new Int32Array(this.slots);
  private readonly f32 = new Float32Array(this.slots);
  private used = 0;
  private encoder: GPUCommandEncoder | undefined;
  private pass: GPUComputePassEncoder | undefined;
  private current: Batch | undefined;
  private lost: DeviceLostError | undefined;
  /** Called after each submission, when no buffer is in use by a batch being recorded. */
  onSubmit: () => void = () => undefined;
  private timer: Timer | undefined;
  /** Rejects when the device is lost. */
  readonly whenLost: Promise<never>;

  constructor(
    private readonly device: GPUDevice,
    private readonly adapter: string,
  ) {
    const buffer = device.createBuffer({ size: SLOT * MOST, usage: USAGE.uniform | USAGE.copyTarget });
    this.ring = { buffer, slot: SLOT };
    this.whenLost = device.lost.then(({ reason, message }) => {
      const why = reason === 'destroyed' ? 'it was destroyed' : message || 'the driver took it away';
      this.lost = new DeviceLostError(`webgpu: the device on ${adapter} is lost: ${why}.`, {
        got: reason,
        remedy: 'Make a new zoo and load the weights again.',
      });
      throw this.lost;
    });
    // Nobody may be waiting when it happens.
    this.whenLost.catch(() => undefined);
  }

  /** The batch being recorded; error scopes open with it. */
  get batch(): Batch {
    if (this.lost) throw this.lost;
    if (!this.current) {
      this.current = new Batch();
      for (const filter of ['internal', 'out-of-memory', 'validation'] as const) this.device.pushErrorScope(filter);
    }
    return this.current;
  }

  dispatch(kernel: string, pipelines: Pipelines, pipeline: Pipeline, call: Call): void {
    const { ins, outs, params, size } = call;
    const spoilt = ins.find((handle) => handle.batch?.error)?.batch;
    if (spoilt) {
      for (const handle of outs) handle.batch = spoilt;
      return;
    }
    if (this.used === MOST) this.flush();
    const batch = this.batch;
    batch.kernels.add(kernel);
    const blocks: Block[] = [];
    for (const handle of ins) {
      batch.reads(handle.batch);
      handle.block.used = batch;
      blocks.push(handle.block);
    }
    for (const handle of outs) {
      handle.batch = batch;
      handle.block.used = batch;
      blocks.push(handle.block);
    }
    const [x, y, z] = typeof size === 'number' ? fold(Math.ceil(size / pipeline.perGroup)) : size;
    const at = (this.used * SLOT) / 4;
    const head = typeof size === 'number' ? [size, x] : [];
    this.put(at, pipeline.types, [...head, ...params]);
    const group = pipelines.group(pipeline.layout, `${ins.length}/${outs.length}`, blocks);
    this.encoder ??= this.device.createCommandEncoder();
    if (this.timer) {
      this.endPass();
      const timestampWrites = this.timer.next(kernel, pipeline.key);
      this.pass = this.encoder.beginComputePass({ label: kernel, timestampWrites });
    }
    this.pass ??= this.encoder.beginComputePass();
    this.pass.setPipeline(pipeline.pipeline);
    this.pass.setBindGroup(0, group, [this.used * SLOT]);
    this.pass.dispatchWorkgroups(x, y, z);
    this.used++;
    this.dispatches++;
  }

  /** Times dispatches from here on; without a timer, no longer. */
  time(timer: Timer | undefined): void {
    this.flush();
    this.timer = timer;
  }

  private put(at: number, types: readonly string[], values: readonly number[]): void {
    for (let i = 0; i < types.length; i++) {
      const view = types[i] === 'u32' ? this.u32 : types[i] === 'i32' ? this.i32 : this.f32;
      view[at + i] = values[i]!;
    }
  }

  copy(from: GPUBuffer, to: GPUBuffer, bytes: number): void {
    void this.batch;
    this.endPass();
    this.encoder ??= this.device.createCommandEncoder();
    this.encoder.copyBufferToBuffer(from, 0, to, 0, bytes);
  }

  /** Submits what was recorded; its batch tells later how it went. */
  flush(): Batch | undefined {
    const batch = this.current;
    if (!batch) return undefined;
    this.endPass();
    if (this.encoder) {
      const submitted = this.timer?.resolve(this.encoder);
      if (this.used > 0) this.device.queue.writeBuffer(this.ring.buffer, 0, this.slots, 0, this.used * SLOT);
      this.device.queue.submit([this.encoder.finish()]);
      submitted?.();
    }
    this.encoder = undefined;
    this.used = 0;
    this.current = undefined;
    this.onSubmit();
    const scopes = (['validation', 'out-of-memory', 'internal'] as const).map((kind) =>
      this.device.popErrorScope().then(
        (error): ZooError | undefined => (error ? this.errorOf(kind, error.message, batch) : undefined),
        // A lost device answers no scope; `whenLost` says the rest.
        (): ZooError | undefined => this.lost,
      ),
    );
    batch.close(Promise.all(scopes).then((errors) => errors.find((e) => e !== undefined)));
    return batch;
  }

  private errorOf(kind: string, message: string, { kernels }: Batch): DeviceError {
    const names = [...kernels].slice(0, 8).join(', ') + (kernels.size > 8 ? ', …' : '');
    const what = kind === 'out-of-memory' ? 'ran out of memory' : 'refused commands';
    return new DeviceError(`webgpu: ${this.adapter} ${what} while running ${names || 'copies'}: ${message}`, {
      op: [...kernels][0]?.split('/')[0] ?? '',
      got: message,
      remedy:
        kind === 'out-of-memory' ? 'Free tensors, or use smaller ones.' : 'Please report it with the adapter’s name.',
    });
  }

  /** What a failed mapping means: a lost device if there is one, otherwise the driver's own words. */
  async mappingError(cause: unknown): Promise<ZooError> {
    // The news of a loss may arrive just after the mapping failed for it.
    await new Promise((resolve) => setTimeout(resolve, 0));
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `webgpu: a result on ${this.adapter} could not be read: ${reason}`;
    return this.lost ?? new DeviceError(message, { got: reason, cause });
  }

  /** Ends recording for good: what was not submitted never will be, and its error scopes are closed. */
  close(): void {
    this.flush();
    this.ring.buffer.destroy();
  }

  private endPass(): void {
    this.pass?.end();
    this.pass = undefined;
  }
}

/** A row of workgroups has at most 65,535: longer ones fold into several rows. */
function fold(groups: number): [number, number, number] {
  const rows = Math.ceil(groups / MOST_GROUPS);
  return [Math.ceil(groups / rows), rows, 1];
}
