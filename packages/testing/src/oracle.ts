import { cpu, exactData } from '@paperzoo/device-cpu';
import { createZoo, type DType, type Op, type Plugin, type Sample, type Zoo } from '@paperzoo/core';
import { callOp, hostInputs, upload } from './host';

/** One output in double precision. */
export interface Truth {
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly values: ArrayLike<number>;
}

/** What ops mean, computed on the cpu device with doubles between ops: the composite where there is one, the device's own kernel otherwise. */
export class Oracle {
  #zoo: Promise<Zoo> | undefined;
  readonly #known = new Map<string, readonly Truth[]>();
  readonly #slopes = new Map<string, readonly ArrayLike<number>[] | undefined>();

  constructor(private readonly plugins: readonly Plugin[]) {}

  zoo(): Promise<Zoo> {
    return (this.#zoo ??= createZoo({
      device: cpu({ precision: 'f64' }),
      // Their kernels are what is being tested: here only the composites speak.
      plugins: this.plugins.map((plugin) => ({ ...plugin, kernels: {} })),
      log: () => undefined,
    }));
  }

  /** Outputs of a sample, remembered: every device is compared with the same ones. */
  async truth(op: Op, sample: Sample): Promise<readonly Truth[]> {
    const key = `${op.name}\0${sample.name}`;
    const known = this.#known.get(key);
    if (known) return known;
    const zoo = await this.zoo();
    const truth = zoo.scope(() => {
      if (op.implementation.composite) zoo.pin({ [op.name]: 'composite' });
      try {
        const outs = callOp(op, upload(zoo, hostInputs(op, sample)), sample.attrs);
        return outs.map((out): Truth => {
          const { shape, dtype } = out;
          return { shape, dtype, values: dtype === 'f32' ? exactData(out) : out.dataSync() };
        });
      } finally {
        zoo.pin(null);
      }
    });
    this.#known.set(key, truth);
    return truth;
  }

  /** What `compute` finds in the same zoo, remembered likewise; undefined for an op without a gradient. */
  async gradients(
    op: Op,
    sample: Sample,
    compute: (zoo: Zoo) => readonly ArrayLike<number>[] | undefined,
  ): Promise<readonly ArrayLike<number>[] | undefined> {
    const key = `${op.name}\0${sample.name}`;
    if (!this.#slopes.has(key)) {
      const zoo = await this.zoo();
      this.#slopes.set(
        key,
        zoo.scope(() => compute(zoo)),
      );
    }
    return this.#slopes.get(key);
  }

  async close(): Promise<void> {
    const zoo = this.#zoo;
    this.#zoo = undefined;
    this.#known.clear();
    this.#slopes.clear();
    await (await zoo)?.dispose();
  }
}
