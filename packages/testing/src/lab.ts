import {
  createZoo,
  type DeviceFactory,
  type Kernel,
  type Op,
  type Plugin,
  type Sample,
  type Spec,
  type Zoo,
} from '@paperzoo/core';
import { demand } from './check';
import { specsOf } from './host';
import { poisoned } from './poison';

/** The figures that must come back to where they were. */
export interface Figures {
  readonly tensors: number;
  readonly buffers: number;
  readonly bytes: number;
  readonly packedBytes: number;
  /** What the device's own allocator holds, where it tells. */
  readonly liveBytes: number;
}

/** A device under test: its zoo, made when first needed and shared by all checks, and the kernels it was seen to load. */
export class Lab {
  readonly loaded: Kernel[] = [];
  #zoo: Promise<Zoo> | undefined;
  #start: Figures | undefined;

  constructor(
    readonly name: string,
    private readonly device: DeviceFactory,
    private readonly plugins: readonly Plugin[],
  ) {}

  zoo(): Promise<Zoo> {
    return (this.#zoo ??= this.#open());
  }

  async #open(): Promise<Zoo> {
    const zoo = await createZoo({
      device: poisoned(this.device, this.loaded),
      plugins: this.plugins,
      log: () => undefined,
    });
    this.#start = figures(zoo);
    return zoo;
  }

  /** A second zoo on a device of the same kind, for tensors that do not belong; the caller disposes it. */
  another(): Promise<Zoo> {
    return createZoo({ device: this.device, log: () => undefined });
  }

  /** Frees the device; the first use afterwards makes another one. Fails when something was left behind. */
  async close(): Promise<void> {
    const zoo = await this.zoo();
    this.#zoo = undefined;
    const end = figures(zoo);
    await zoo.dispose();
    same(end, this.#start!, `${this.name}: memory after all checks`);
    this.loaded.length = 0;
  }
}

export function figures(zoo: Zoo): Figures {
  const memory: ReturnType<Zoo['memory']> & { readonly liveBytes?: number } = zoo.memory();
  const { tensors, buffers, bytes, packedBytes, liveBytes = 0 } = memory;
  return { tensors, buffers, bytes, packedBytes, liveBytes };
}

export function same(got: Figures, wanted: Figures, what: string): void {
  for (const key of Object.keys(wanted) as (keyof Figures)[]) {
    demand(got[key] === wanted[key], () => `${what}: ${key} is ${got[key]}, and was ${wanted[key]}.`);
  }
}

/** How one zoo can compute an op for given specs: ids of the kernels that fit, and why each other one does not. */
export function ways(zoo: Zoo, op: Op, sample: Sample): { fits: string[]; declined: Map<string, string> } {
  const specs: (Spec | undefined)[] = specsOf(sample);
  const { chosen, rejected } = zoo.explain(op, specs, sample.attrs ?? {});
  const ids = [...(chosen === 'composite' || chosen === 'none' ? [] : [chosen]), ...rejected.map((r) => r.kernel)];
  const fits: string[] = [];
  const declined = new Map<string, string>();
  for (const id of ids) {
    zoo.pin({ [op.name]: id });
    const pinned = zoo.explain(op, specs, sample.attrs ?? {});
    if (pinned.chosen === id) fits.push(id);
    else declined.set(id, pinned.rejected.find((r) => r.kernel === id)?.because ?? 'no reason');
  }
  zoo.pin(null);
  return { fits, declined };
}
