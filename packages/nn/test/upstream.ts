import { parseSafetensors, type Checkpoint } from '@paperzoo/hub';

interface Case {
  readonly name: string;
  readonly hparams: Readonly<Record<string, number> & { target: readonly number[] }>;
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<
    Record<string, { readonly tensor: string; readonly atol: number; readonly rtol?: number }>
  >;
}

/** Upstream's training fixtures, from files that were read before, so that the same code runs in Node and in a page. */
export class UpstreamFile {
  private readonly cases: readonly Case[];
  private readonly tensors: Checkpoint;

  constructor(json: Uint8Array, tensors: Uint8Array) {
    this.cases = (JSON.parse(new TextDecoder().decode(json)) as { cases: Case[] }).cases;
    this.tensors = parseSafetensors(tensors);
  }

  find(name: string): Upstream {
    const entry = this.cases.find((each) => each.name === name);
    if (!entry) throw new Error(`No case is called ${name}.`);
    return new Upstream(entry, this.tensors);
  }
}

/** One case: outputs of timm's and the official repository's code. */
export class Upstream {
  constructor(
    private readonly entry: Case,
    private readonly tensors: Checkpoint,
  ) {}

  get hparams(): Case['hparams'] {
    return this.entry.hparams;
  }

  get inputs(): Record<string, { shape: readonly number[]; data: Float32Array }> {
    return Object.fromEntries(
      Object.entries(this.entry.inputs).map(([key, name]) => {
        const stored = this.tensors.get(name)!;
        return [key, { shape: stored.shape, data: stored.toF32() }];
      }),
    );
  }

  /** Largest |a - b| / (atol + rtol·|b|); at most 1 is right. */
  ratio(output: string, actual: ArrayLike<number>): number {
    const { tensor, atol, rtol = 0 } = this.entry.outputs[output]!;
    const stored = this.tensors.get(tensor)!;
    const bytes = stored.bytes.slice();
    const expected: ArrayLike<number> = stored.dtype === 'F64' ? new Float64Array(bytes.buffer) : stored.toF32();
    if (actual.length !== expected.length) return Infinity;
    let worst = 0;
    for (let i = 0; i < expected.length; i++) {
      const error = Math.abs(actual[i]! - expected[i]!);
      if (error !== 0) worst = Math.max(worst, error / (atol + rtol * Math.abs(expected[i]!)));
    }
    return worst;
  }
}
