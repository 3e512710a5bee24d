import type { DeviceCaps } from './device';
import type { Spec } from './dtype';
import { PluginError } from './errors';
import type { Kernel } from './kernel';
import type { Op } from './op';

type Ins = readonly (Spec | undefined)[];

/** Which kernels one zoo has for which op, and why one is chosen. */
export class KernelTable {
  private readonly byOp = new Map<Op, Kernel[]>();
  private readonly ids = new Map<string, Op>();
  private readonly pins = new Map<string, string>();

  constructor(private readonly caps: DeviceCaps) {}

  /** Throws before anything is added when an id is taken: one plugin cannot replace another's kernel. */
  check(kernels: readonly Kernel[], owner: string): void {
    const fresh = new Set<string>();
    for (const { id, device } of kernels) {
      if (device !== this.caps.device) {
        const message = `${owner}: kernel "${id}" is for ${device}, but was listed for ${this.caps.device}.`;
        throw new PluginError(message, { argument: id });
      }
      if (this.ids.has(id) || fresh.has(id))
        throw new PluginError(`${owner}: kernel "${id}" exists already.`, { argument: id });
      fresh.add(id);
    }
  }

  add(kernels: readonly Kernel[]): void {
    for (const kernel of kernels) {
      this.ids.set(kernel.id, kernel.op);
      const all = [...(this.byOp.get(kernel.op) ?? []), kernel];
      all.sort((a, b) => b.priority - a.priority || (a.id < b.id ? -1 : 1));
      this.byOp.set(kernel.op, all);
    }
  }

  /** By op name: a kernel id, or `composite`; null forgets all. */
  pin(pins: Readonly<Record<string, string>> | null): void {
    if (pins === null) return this.pins.clear();
    for (const [op, id] of Object.entries(pins)) {
      if (id !== 'composite' && this.ids.get(id)?.name !== op) {
        throw new PluginError(`pin: there is no kernel "${id}" on this device for ${op}.`, { op, argument: id });
      }
    }
    for (const [op, id] of Object.entries(pins)) this.pins.set(op, id);
  }

  select(op: Op, ins: Ins, attrs: object, recording: boolean): Kernel | undefined {
    return this.byOp.get(op)?.find((kernel) => this.objection(kernel, ins, attrs, recording) === undefined);
  }

  /** Every kernel of the op with its objection, or undefined for the ones that would do; first of those runs. */
  survey(op: Op, ins: Ins, attrs: object, recording: boolean): { kernel: string; objection: string | undefined }[] {
    return (this.byOp.get(op) ?? []).map((kernel) => ({
      kernel: kernel.id,
      objection: this.objection(kernel, ins, attrs, recording),
    }));
  }

  private objection(kernel: Kernel, ins: Ins, attrs: object, recording: boolean): string | undefined {
    const pinned = this.pins.get(kernel.op.name);
    if (pinned !== undefined && pinned !== kernel.id) return `pinned to ${pinned}`;
    if (kernel.dtypes !== 'any') {
      for (const x of ins)
        if (x && !kernel.dtypes.includes(x.dtype)) return `takes ${kernel.dtypes.join(', ')}, got ${x.dtype}`;
    }
    if (recording && kernel.direction === 'inference') return 'is for inference, and a gradient is being recorded';
    const verdict = kernel.supports?.(ins, attrs as never, this.caps) ?? true;
    return verdict === true ? undefined : verdict;
  }
}
