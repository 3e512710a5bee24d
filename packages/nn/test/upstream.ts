import { readFileSync } from 'node:fs';
import { parseSafetensors } from '@paperzoo/hub';

interface Case {
  readonly name: string;
  readonly hparams: Readonly<Record<string, number> & { target: readonly number[] }>;
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<
    Record<string, { readonly tensor: string; readonly atol: number; readonly rtol?: number }>
  >;
}

const read = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url));
const tensors = parseSafetensors(read('train.safetensors'));
const { cases } = JSON.parse(read('train.json').toString()) as { cases: Case[] };

/** One case of upstream's training fixtures: outputs of timm's and the official repository's code. */
export class Upstream {
  readonly hparams: Case['hparams'];
  private readonly entry: Case;

  constructor(name: string) {
    const entry = cases.find((each) => each.name === name);
    if (!entry) throw new Error(`No case is called ${name}.`);
    this.entry = entry;
    this.hparams = entry.hparams;
  }

  get inputs(): Record<string, { shape: readonly number[]; data: Float32Array }> {
    return Object.fromEntries(
      Object.entries(this.entry.inputs).map(([key, name]) => {
        const stored = tensors.get(name)!;
        return [key, { shape: stored.shape, data: stored.toF32() }];
      }),
    );
  }

  /** Largest |a - b| / (atol + rtol·|b|); at most 1 is right. */
  ratio(output: string, actual: ArrayLike<number>): number {
    const { tensor, atol, rtol = 0 } = this.entry.outputs[output]!;
    const stored = tensors.get(tensor)!;
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
